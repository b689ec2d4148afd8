import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openStore } from '../../../src/engine/recovery/open-store.ts';
import { recover, type Recovered } from '../../../src/engine/recovery/recovery.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { inlineThreads } from '../../../src/storage/threads/store-threads.ts';
import { SimulatedDisk } from '../../storage/simulated-disk.ts';
import { withLockFolder } from '../../storage/torture/store-opener.ts';

const kept = new URL('../../resources/state-folders/format-2/', import.meta.url).pathname;

/** A disk with the kept folder of format 2. */
function diskOfVersion2(folder: string): SimulatedDisk {
  const disk = new SimulatedDisk(1);
  disk.makeFolderSync(join(folder, 'segments'));
  for (const path of readdirSync(kept, { recursive: true, encoding: 'utf8' })) {
    if (/\.(json|log)$/.test(path)) disk.replace(join(folder, path), readFileSync(join(kept, path)));
  }
  for (let path = join(folder, 'segments'); path !== dirname(path); path = dirname(path)) disk.syncFolderSync(dirname(path));
  return disk;
}

function open(disk: SimulatedDisk, folder: string): Promise<LogStore> {
  return openStore({ folder, disk, threads: inlineThreads(disk), logger: silentLogger });
}

/** Everything an engine would recover, as text. */
function textOf({ outbox, ...recovered }: Recovered): string {
  const outboxes = outbox.map(({ egressId, watermark, batches }) => ({
    egressId,
    watermark,
    records: batches.flatMap(({ envelopes }) => envelopes.map(({ messageId, payload }) => `${messageId} ${payload}`)),
  }));
  return JSON.stringify({ ...recovered, outboxes });
}

async function contentOf(store: LogStore): Promise<string> {
  const cells = (await store.load('state/kept/parcel/one')).map(({ key, value }) => `${key} ${Buffer.from(value).toString('hex')}`);
  return `${textOf(await recover(store))} ${cells.sort().join(' ')}`;
}

describe('the upgrade of a state folder of format 2', () => {
  it('leads to the same content after a crash or a power cut at any step of it, and once more at a later start', async () => {
    await withLockFolder(async (folder) => {
      const calm = diskOfVersion2(folder);
      const before = calm.steps;
      const upgraded = await open(calm, folder);
      const expected = await contentOf(upgraded);
      expect(upgraded.recovery.upgraded).toEqual({ formatVersion: 2, collections: [] });
      await upgraded.close();
      const steps = calm.steps - before;
      expect(steps).toBeGreaterThan(60);

      let interrupted = 0;
      for (let step = 1; step <= steps; step += 1) {
        const disk = diskOfVersion2(folder);
        disk.faults.stopAtStep(before + step);
        // The step may be one of closing.
        await open(disk, folder)
          .then((store) => store.close())
          .catch(() => (interrupted += 1));
        for (const after of [disk.processCrash(step), disk.powerCut(step), disk.powerCut(step + 1_000)]) {
          const store = await open(after, folder);
          expect([step, await contentOf(store)]).toEqual([step, expected]);
          expect(store.identity.formatVersion).toBe(3);
          await store.close();
          const again = await open(after, folder);
          expect([step, again.recovery.upgraded, await contentOf(again)]).toEqual([step, undefined, expected]);
          await again.close();
        }
      }
      expect(interrupted).toBeGreaterThan(40);
    });
  });
});
