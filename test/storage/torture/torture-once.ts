import { below, seededRandom } from '../../../src/shared/seeded-random.ts';
import { SimulatedDisk } from '../simulated-disk.ts';
import { History, Violation } from './history.ts';
import { live } from './life.ts';
import { openOnDisk, withLockFolder, type StoreOpener } from './store-opener.ts';

export interface TortureOptions {
  /** @defaultValue the log store as it is */
  readonly open?: StoreOpener;
  /** Told every operation of the disk and what ended each life. */
  readonly trace?: (line: string) => void;
}

/** How many lives the store has on one disk, and the most commits in one. */
const lives = 6;
const commitsMax = 14;

/**
 * Lets a store live several times on one disk that fails, fills up, is cut or whose process is killed, at steps that the seed chooses, and
 * compares what it shows with what it was given. Answers what it did that it must not do, or undefined.
 */
export function tortureOnce(seed: number, options: TortureOptions = {}): Promise<string | undefined> {
  return withLockFolder(async (folder) => {
    try {
      await torture(seed, folder, options);
      return undefined;
    } catch (error) {
      if (error instanceof Violation) return error.message;
      return `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
  });
}

async function torture(seed: number, folder: string, { open = openOnDisk, trace }: TortureOptions): Promise<void> {
  const random = seededRandom(seed);
  const history = new History();
  let disk = new SimulatedDisk(below(random, 2 ** 32));
  for (let number = 1; number <= lives; number += 1) {
    disk.trace = trace;
    disk.partial = below(random, 3) === 0;
    const trouble = arrangeTrouble(disk, random);
    trace?.(`-- life ${number}: ${trouble}`);
    await live({ disk, folder, open, history, random, commits: below(random, commitsMax + 1) });
    const outcome = below(random, 2 ** 32);
    const cut = below(random, 3) > 0;
    trace?.(
      `-- ended with ${history.promised} commits promised of ${history.begun}; then ${cut ? 'a power cut' : 'a crash of the process'}`,
    );
    disk = cut ? disk.powerCut(outcome) : disk.processCrash(outcome);
  }
  // A last life without any trouble: what is there stays usable.
  disk.trace = trace;
  await live({ disk, folder, open, history, random, commits: 3 });
}

function arrangeTrouble(disk: SimulatedDisk, random: () => number): string {
  // Most lives take fewer steps; those that take fewer than chosen end in peace.
  const step = 1 + below(random, 120);
  const kind = below(random, 8);
  if (kind < 4) {
    disk.faults.stopAtStep(step);
    return `stops at step ${step}`;
  }
  if (kind === 4) {
    disk.bytesMax = disk.bytesUsed + below(random, 5_000);
    return `full at ${disk.bytesMax} bytes`;
  }
  if (kind < 7) {
    const forever = below(random, 3) === 0;
    const code = below(random, 2) === 0 ? 'EIO' : 'ENOSPC';
    disk.faults.arm({ code, after: step, times: forever ? Infinity : 1, share: random() });
    return `${code} at step ${step + 1}${forever ? ' and ever after' : ''}`;
  }
  return 'nothing';
}
