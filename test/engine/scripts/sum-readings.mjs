// Runs an application that sums up the readings of a file until all are handled, then prints the sum. Says when it has started, or why not.
import { join } from 'node:path';
import {
  defineApplication,
  fileEgress,
  fileIngress,
  Forwarder,
  Handles,
  Persisted,
  PersistedValue,
  runApplication,
  StatefunFunction,
} from '../../../dist/index.js';

class Total {
  total = PersistedValue.of();
  add(event, context) {
    const total = (this.total.get() ?? 0) + event.data.amount;
    this.total.set(total);
    context.egress('meter/totals', { type: 'meter.total', source: '/meter', data: { total } });
  }
}
Persisted()(Total.prototype, 'total');
Handles()(Total.prototype, 'add', Object.getOwnPropertyDescriptor(Total.prototype, 'add'));
StatefunFunction('meter/total')(Total);

class Readings {
  forward(event, downstream) {
    downstream.send('meter/total', event.data.meter, event);
  }
}
Forwarder('meter.reading')(Readings);

const [folder] = process.argv.slice(2);
const application = defineApplication({
  name: 'meters',
  functions: [Total],
  forwarders: [Readings],
  ingress: [fileIngress({ path: join(folder, 'events.jsonl'), id: 'events' })],
  egress: [fileEgress('meter/totals', { path: join(folder, 'totals.jsonl') })],
});
console.log('ready');
process.stdin.once('data', async () => {
  try {
    const running = await runApplication(application, { stateFolder: join(folder, 'state') });
    console.log('started');
    while (!running.ingressFinished || running.statistics().messagesPending > 0) {
      await running.whenQuiet();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    console.log((await running.state('meter/total', 'm')).total);
    await running.stop();
  } catch (error) {
    console.log(error.code ?? error.message);
  }
  process.stdin.unref();
});
