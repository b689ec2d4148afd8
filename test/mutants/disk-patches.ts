import { SimulatedDisk } from '../storage/simulated-disk.ts';
import { replaceMethod, undoAll, type Undo } from './mutant.ts';

/** A store that does not ask its disk for something at all, where the path says so. */
export function skipping(
  operation: 'syncFolderSync' | 'renameSync' | 'truncateSync',
  skips: (path: string, disk: SimulatedDisk) => boolean,
): Undo {
  return replaceMethod(SimulatedDisk.prototype, operation, (original) => {
    const act = original as (this: SimulatedDisk, path: string, ...more: readonly unknown[]) => void;
    return function (this: SimulatedDisk, path: string | number, ...more: readonly unknown[]): void {
      if (!skips(String(path), this)) act.call(this, path as string, ...more); // what it is given is what it was called with
    };
  });
}

/** A store that syncs only some of its files. */
export function syncing(syncs: (path: string) => boolean): Undo {
  const paths = new WeakMap<SimulatedDisk, Map<number, string>>();
  return undoAll(
    replaceMethod(SimulatedDisk.prototype, 'openSync', (openSync) => {
      return function (this: SimulatedDisk, path, mode): number {
        const file = openSync.call(this, path, mode);
        const opened = paths.get(this) ?? new Map<number, string>();
        paths.set(this, opened.set(file, path));
        return file;
      };
    }),
    replaceMethod(SimulatedDisk.prototype, 'fdatasyncSync', (sync) => {
      return function (this: SimulatedDisk, file: number): void {
        if (syncs(paths.get(this)?.get(file) ?? '')) sync.call(this, file);
      };
    }),
  );
}
