/*
 * The process that is killed: the engine, which calls functions that are served elsewhere, until its standard input ends.
 *
 *   node engine-process.js FOLDER PORT      the folder holds events.jsonl, which may grow; egress.jsonl and state/ are written
 */
import { join } from 'node:path';
import {
  defineApplication,
  defineModule,
  fileEgress,
  fileIngress,
  Forwarder,
  remoteFunctions,
  runApplication,
  type CloudEvent,
  type Downstream,
  type EventForwarder,
} from 'statefun';
import { greeter } from '../smoke/greetings.ts';
import { smoke } from '../smoke/commands.ts';

/** The subject of an event is the id that it is for: here the number of an interpreter. */
@Forwarder(smoke.sourceCommandType)
class SourceCommands implements EventForwarder {
  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(smoke.interpreter, event.subject ?? '', event);
  }
}

/** Here someone to be greeted, with the word that the event is. */
@Forwarder('io.statefun.types/string')
class Words implements EventForwarder {
  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(greeter.function, event.subject ?? '', event);
  }
}

async function run(folder: string, port: string): Promise<void> {
  const application = defineApplication({
    name: 'interop',
    modules: [defineModule({ name: 'smoke', forwarders: [SourceCommands, Words] })],
    remote: ['statefun.smoke.e2e/*', greeter.function].map((functions) => {
      return remoteFunctions({ functions, url: `http://127.0.0.1:${port}/`, batchMessagesMax: 10_000 });
    }),
    ingress: [fileIngress({ path: join(folder, 'events.jsonl'), id: 'events', follow: true })],
    egress: [smoke.discardEgress, smoke.verificationEgress, greeter.egress].map((id) => fileEgress(id, { path: egressPath(folder, id) })),
  });
  await runApplication(application, { stateFolder: join(folder, 'state') });
  console.log('started');
}

function egressPath(folder: string, id: string): string {
  return join(folder, `${id.replace('/', '.')}.jsonl`);
}

process.stdin.on('end', () => process.exit(0)).resume();
const [folder = '', port = ''] = process.argv.slice(2);
run(folder, port).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
