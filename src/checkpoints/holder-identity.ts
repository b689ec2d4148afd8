import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

const bootIdPath = '/proc/sys/kernel/random/boot_id';

/**
 * Returns a text that two processes have in common only if they use the same state folder on the same machine since it was started. Then the
 * lock of the folder says that the earlier one has ended. Where the system cannot say that, every process has a text of its own.
 */
export function holderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${hostname()}/${bootId() ?? randomBytes(8).toString('hex')}/${dev}:${ino}`;
}

function bootId(): string | undefined {
  try {
    return readFileSync(bootIdPath, 'utf8').trim();
  } catch {
    return undefined;
  }
}
