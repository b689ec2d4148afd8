import { cpSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Egress } from '../../../src/egress/egress.ts';
import { EngineBed } from '../../engine/engine-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../../storage/log-fixture.ts';
import { Broken, Parcel } from './parcel.ts';

/*
 * Writes a state folder to keep. Run it when the format changes, with the name of the new folder, and keep the folders of earlier formats:
 *
 *   node --conditions=@statefun/source --import ./scripts/run-typescript.mjs test/state-tools/kept-state/write.ts test/resources/state-folders/format-4
 */

/** Returns an egress that acknowledges so many calls and no more, so that later records stay in the outbox. */
function deafEgress(id: string, acknowledgedCalls: number): Egress {
  let calls = 0;
  return {
    id,
    description: 'nobody',
    start: () => Promise.resolve(),
    send: () => (++calls <= acknowledgedCalls ? Promise.resolve([]) : Promise.reject(new Error('nobody takes records here'))),
    stop: () => Promise.resolve(),
  };
}

async function write(target: string): Promise<void> {
  const folder = createTemporaryFolder();
  // Small segments, so that there are several. One of them is written by the compaction below.
  const store = await openInline(folder, { segmentBytesMax: 4_096 });
  const bed = await EngineBed.start([Parcel, Broken], {
    store,
    egress: deafEgress('test/out', 1),
    moreEgress: [deafEgress('test/labels', 0)],
  });
  for (const item of ['b', 'a', 'c', 'd']) await bed.receives('kept/parcel/one', 'pack', { item });
  await bed.receives('kept/parcel/one', 'unpack', { item: 'c' });
  await store.compact();
  await bed.receives('kept/parcel/one', 'remind', { item: 'late' });
  await bed.receives('kept/parcel/two', 'pack', { item: '10' });
  await bed.receives('kept/broken/three', 'pack', { item: 'x' });
  // The first one fails and waits for its second attempt; the other one waits behind it.
  await bed.receives('kept/parcel/two', 'jam');
  await bed.receives('kept/parcel/two', 'pack', { item: '11' });
  // While the store is open: an orderly stop would write index.dump, which is large, and is only a copy.
  rmSync(target, { recursive: true, force: true });
  for (const name of ['store.json', 'manifest.json', 'segments']) cpSync(join(folder, name), join(target, name), { recursive: true });
  removeFolder(folder);
  // The egress would be tried again without end.
  process.exit(0);
}

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('name the folder to write');
void write(resolve(folder));
