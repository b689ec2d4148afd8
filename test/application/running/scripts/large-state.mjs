// Fills the state of many addresses, or changes some of them and looks at all; prints a line of JSON.
//
//   node --max-old-space-size=… large-state.mjs fill|touch <folder> <addresses> <bytes each>
import { getHeapStatistics } from 'node:v8';
import { defineApplication, Handles, PersistedTable, PersistedValue, Persisted, runApplication } from '../../../../dist/index.js';
import { memoryIngress } from '../../../../dist/connectors.js';
import { Forwarder, StatefunFunction } from '../../../../dist/index.js';

const [phase, stateFolder, addresses, bytesEach] = process.argv.slice(2);
const ids = Array.from({ length: Number(addresses) }, (_, index) => `a${index}`);

/** What an address holds after so many changes: as long as it is said to be, and different for every address and change. */
const contentOf = (id, changes) => `${id}:${changes} `.repeat(Math.ceil(Number(bytesEach) / (id.length + 4))).slice(0, Number(bytesEach));
/** Every third address is changed, those before the middle twice. */
const touchesOf = (index) => (index % 3 !== 0 ? 0 : index < ids.length / 2 ? 2 : 1);

class Holder {
  changes = PersistedValue.of();
  content = PersistedTable.of();

  onChange(_event, context) {
    const changes = (this.changes.get() ?? 0) + 1;
    // What is there decides what comes: a state that was not read, or was another's, shows at the end.
    const before = this.content.get('text');
    if (before !== undefined && before !== contentOf(context.self.id, changes - 1)) throw new Error('the state is not what was written');
    this.changes.set(changes);
    this.content.set('text', contentOf(context.self.id, changes));
  }
}
const decorate = (decorator, property) =>
  decorator(Holder.prototype, property, Object.getOwnPropertyDescriptor(Holder.prototype, property));
decorate(Persisted(), 'changes');
decorate(Persisted(), 'content');
decorate(Handles('test.change'), 'onChange');
StatefunFunction('test/holder', { retry: { attemptsMax: 1 } })(Holder);

class Changes {
  forward(event, downstream) {
    downstream.send(Holder, event.data.id, event);
  }
}
Forwarder('test.change')(Changes);

// A name of its own for each phase: the second process would take its first records for those that the first one has read.
const ingress = memoryIngress({ id: phase });
const mebibyte = 1024 * 1024;
const limits = {
  liveStateBytesMax: Number(process.env.LIVE_STATE_MIB ?? 4) * mebibyte,
  commitBytesMax: 2 * mebibyte,
  pendingMessagesMax: 100,
  ingressRecordsMax: 100,
};
const application = defineApplication({
  name: 'large',
  functions: [Holder],
  forwarders: [Changes],
  ingress: [ingress],
  engine: { limits },
});
const running = await runApplication(application, { stateFolder });

let number = 0;
const change = (id) => ({
  data: JSON.stringify({ specversion: '1.0', id: `${phase}-${number++}`, source: '/t', type: 'test.change', data: { id } }),
});
const changed = phase === 'fill' ? ids : [1, 2].flatMap((turn) => ids.filter((_, index) => touchesOf(index) >= turn));
for (let start = 0; start < changed.length; start += 50) await ingress.put(changed.slice(start, start + 50).map(change));
await running.whenQuiet();

const different = [];
if (phase === 'touch') {
  for (const [index, id] of ids.entries()) {
    const changes = 1 + touchesOf(index);
    const state = await running.state(Holder, id);
    if (state.changes !== changes || state.content?.text !== contentOf(id, changes)) different.push(id);
  }
}
const { deadLettersKept, addressesLive } = running.statistics();
await running.stop();
console.log(JSON.stringify({ different, deadLettersKept, addressesLive, heapLimitBytes: getHeapStatistics().heap_size_limit }));
