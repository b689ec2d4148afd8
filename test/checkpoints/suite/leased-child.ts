/*
 * One of two engines with the same checkpoints: takes a record every few milliseconds, counts it, and sends it out.
 *
 *   fork(leased-child.js, [folder, name, setting …])      state is in <folder>/<name>, and <folder>/<name>.log gets a line for each event
 *
 * A line is the time on the clock of the machine, in nanoseconds, and a word: `held` when the lease was taken, `send` when a call of the egress begins.
 * It tells `started`, and `sent` after its first send. It exits with 3 after a requested stop, with 4 when it has lost its lease, and with 5 when another engine holds it.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defineApplication,
  Forwarder,
  Handles,
  hasCode,
  Persisted,
  PersistedValue,
  runApplication,
  StatefunFunction,
  type CloudEvent,
  type Context,
  type Downstream,
  type EventForwarder,
  type Logger,
} from 'statefun';
import { memoryIngress, type Egress } from 'statefun/connectors';
import { heldExitCode, lostExitCode, stoppedExitCode } from './leased-protocol.ts';

const tickMs = 3;
const egressId = 'leased/ticks';

@StatefunFunction('leased/counter')
class CounterFunction {
  @Persisted() private readonly count = PersistedValue.of<number>();

  @Handles('tick')
  onTick(_event: CloudEvent, context: Context): void {
    const count = this.count.getOrDefault(0) + 1;
    this.count.set(count);
    context.egress(egressId, { type: 'counted', data: { count } });
  }
}

@Forwarder()
class Ticks implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(CounterFunction, 'only', event);
  }
}

async function run(folder: string, name: string, settings: readonly string[]): Promise<number> {
  const note = (word: string): void => appendFileSync(join(folder, `${name}.log`), `${process.hrtime.bigint()} ${word}\n`);
  const ingress = memoryIngress();
  const application = defineApplication({
    name: 'leased',
    functions: [CounterFunction],
    forwarders: [Ticks],
    ingress: [ingress],
    egress: [recordingEgress(() => note('send'))],
  });
  const logger = notingLogger(note);
  const running = await runApplication(application, { stateFolder: join(folder, name), settings, logger });
  process.send?.('started');
  let tick = 0;
  const ticking = setInterval(() => {
    tick += 1;
    void ingress.push({ specversion: '1.0', id: `${tick}`, source: '/ticks', type: 'tick', data: null });
  }, tickMs);
  process.once('message', () => void running.stop());
  const failure = await running.stopped;
  clearInterval(ticking);
  if (failure === undefined) return stoppedExitCode;
  if (hasCode(failure, 'LEASE_LOST')) return lostExitCode;
  throw failure;
}

function recordingEgress(sending: () => void): Egress {
  let sends = 0;
  return {
    id: egressId,
    description: 'a log of sends',
    start: () => Promise.resolve(),
    send: () => {
      sending();
      sends += 1;
      if (sends === 1) process.send?.('sent');
      return Promise.resolve([]);
    },
    stop: () => Promise.resolve(),
  };
}

/** Notes when the lease is held. */
function notingLogger(note: (word: string) => void): Logger {
  const logger: Logger = {
    debug: (text) => void (text === 'the lease is held' && note('held')),
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    child: () => logger,
  };
  return logger;
}

const [folder = '', name = '', ...settings] = process.argv.slice(2);
run(folder, name, settings).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!hasCode(error, 'LEASE_HELD')) console.error(error);
    process.exit(hasCode(error, 'LEASE_HELD') ? heldExitCode : 1);
  },
);
