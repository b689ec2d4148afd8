// Runs an application whose handler sends as many messages as an event says, on a small heap, until all is done; prints what became of it.
import { join } from 'node:path';
import {
  defineApplication,
  fileIngress,
  Forwarder,
  Handles,
  Persisted,
  PersistedValue,
  runApplication,
  StatefunFunction,
} from '../../../dist/index.js';

class Sender {
  onOrder(event, context) {
    for (let index = 0; index < event.data.count; index += 1) {
      context.send('many/leaf', String(index), { type: 'many.note', data: { index, text: 'a few words' } });
    }
  }
}
Handles('many.order')(Sender.prototype, 'onOrder', Object.getOwnPropertyDescriptor(Sender.prototype, 'onOrder'));
StatefunFunction('many/sender')(Sender);

class Leaf {
  notes = PersistedValue.of();
  onNote() {
    this.notes.set((this.notes.get() ?? 0) + 1);
  }
}
Persisted()(Leaf.prototype, 'notes');
Handles('many.note')(Leaf.prototype, 'onNote', Object.getOwnPropertyDescriptor(Leaf.prototype, 'onNote'));
StatefunFunction('many/leaf')(Leaf);

class Orders {
  forward(event, downstream) {
    downstream.send('many/sender', event.data.id, event);
  }
}
Forwarder('many.order')(Orders);

const [folder] = process.argv.slice(2);
const application = defineApplication({
  name: 'many',
  functions: [Sender, Leaf],
  forwarders: [Orders],
  ingress: [fileIngress({ path: join(folder, 'events.jsonl'), id: 'events' })],
});
const running = await runApplication(application, { stateFolder: join(folder, 'state') });
await running.whenFinished();
const codes = running.deadLetters().map(({ code }) => code);
const { invocations } = running.statistics();
await running.stop();
process.stdout.write(JSON.stringify({ codes, invocations }));
