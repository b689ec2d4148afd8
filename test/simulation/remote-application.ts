import { defineApplication } from '../../src/application/definition.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { cloudEventTypename } from '../../src/envelope/typed-value-event.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { BatchResponse, InvocationBatch, OutgoingMessage } from '../../src/functions/remote/invocation-batch.ts';
import type { RemoteClient, RemoteFunctions } from '../../src/functions/remote/remote-function.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import type { TypedValue } from '../../src/shared/typed-value.ts';
import type { SimulationEnd } from '../../src/simulation/checks/simulation-end.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import type { SeededRandom } from '../../src/shared/seeded-random.ts';
import { hostileOptions } from './hostile-application.ts';
import { Quick, type Task } from './hostile-functions.ts';

const remoteType = 'hostile/remote';
const ids = 3;
const text = 'hostile/text';

/** What the other side does beside its work; put back before every run. */
const calls = { count: 0 };

/** A function elsewhere, without the way there: it adds up, and sends on. Every so often it is not there, or fails. */
const client: RemoteClient = {
  description: 'a function of the simulation',
  call: async (batch) => {
    calls.count += 1;
    await Promise.resolve();
    if (calls.count % 7 === 3) throw new StatefunError('REMOTE_UNAVAILABLE', 'the function of the simulation is not there');
    if (calls.count % 11 === 5) throw new Error('the function of the simulation fails');
    return handle(batch);
  },
  close: () => Promise.resolve(),
};

function handle({ target, states, invocations }: InvocationBatch): BatchResponse {
  const stored = states.find(({ name }) => name === 'total');
  if (stored === undefined) return { kind: 'incomplete', missing: [{ name: 'total', typename: text, expiration: undefined }] };
  let total = Number(Buffer.from(stored.value?.value ?? []).toString());
  const messages: OutgoingMessage[] = [];
  for (const { argument } of invocations) {
    const event = JSON.parse(Buffer.from(argument.value).toString()) as CloudEvent<Task>;
    const { number, depth } = event.data;
    total += number % 1_000;
    const next: Task = { number: (number * 7) % 1_000_003, depth: depth - 1 };
    messages.push({
      target: { type: 'hostile/quick', id: String(number % ids) },
      argument: toValue({ ...event, data: { ...next, depth: 0 } }),
    });
    if (depth > 0) messages.push({ target: { ...target, id: String((number + 1) % ids) }, argument: toValue({ ...event, data: next }) });
  }
  const mutations = [{ name: 'total', value: { typename: text, hasValue: true, value: Buffer.from(String(total)) } }];
  return { kind: 'result', mutations, messages, delayed: [], egress: [] };
}

function toValue(event: CloudEvent<Task>): TypedValue {
  return { typename: cloudEventTypename, hasValue: true, value: Buffer.from(JSON.stringify(event)) };
}

const remote: RemoteFunctions = {
  functions: remoteType,
  policy: { callBudgetMs: 60_000, batchMessagesMax: 3, onFailure: 'dead-letter', whenUnavailable: 'wait' },
  connect: () => client,
};

@Forwarder()
class ToRemote implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(remoteType, String((event.data as Task).number % ids), event);
  }
}

/** A function elsewhere that messages itself and functions here. */
export const remoteApplication = defineApplication({
  name: 'remote',
  functions: [Quick],
  forwarders: [ToRemote],
  remote: [remote],
  egress: [memoryEgress('hostile/out'), memoryEgress('hostile/other')],
});

/** The ids of what a batch sends depend on what is in it, and that on the order of things: only what was sent is compared. */
function result({ states, deadLetters, egress }: SimulationEnd): unknown {
  const totals = [...states].map(([address, state]): [string, unknown] => [address, (state as { readonly total?: unknown }).total]);
  const numbers = egress.map(({ egressId, event }) => `${egressId} ${(event.data as Task).number}`);
  return { totals: Object.fromEntries(totals), deadLetters: deadLetters.length, numbers: numbers.sort() };
}

export const remoteOptions = {
  ...hostileOptions,
  result,
  providers: [],
  invariants: [],
  events: (random: SeededRandom) =>
    Array.from({ length: 2 + random.below(8) }, () => ({
      type: 'task',
      data: { number: random.below(1_000_000), depth: random.below(4) },
    })),
  beforeRun: () => {
    calls.count = 0;
  },
} satisfies SimulationOptions;
