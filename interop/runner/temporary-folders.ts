import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
let removedAtExit = false;

/** A new folder, which is gone when this process has ended, unless it was killed. */
export function createTemporaryFolder(name: string): string {
  if (!removedAtExit) process.once('exit', removeAll);
  removedAtExit = true;
  const folder = mkdtempSync(join(tmpdir(), `statefun-interop-${name}-`));
  folders.add(folder);
  return folder;
}

export function removeTemporaryFolder(folder: string): void {
  // What writes there is being killed, and may still do so while this goes on.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  folders.delete(folder);
}

function removeAll(): void {
  for (const folder of folders) removeTemporaryFolder(folder);
}
