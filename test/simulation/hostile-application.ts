import { defineApplication } from '../../src/application/definition.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { systemClock } from '../../src/shared/time/clock.ts';
import type { SimulationEnd } from '../../src/simulation/checks/simulation-end.ts';
import type { SimulationInvariant } from '../../src/simulation/checks/invariant.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import type { SeededRandom } from '../../src/shared/seeded-random.ts';
import { Quick, recentMax, Sleepy, Slow, type Emitted } from './hostile-functions.ts';

interface Addressed {
  readonly target: string;
  readonly id: string;
}

/** Sends an event where its data says; some to two addresses at once. */
@Forwarder()
export class ToTarget implements EventForwarder {
  accept(event: CloudEvent): boolean {
    return typeof (event.data as Partial<Addressed>).target === 'string';
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    const { target, id } = event.data as Addressed;
    downstream.send(target, id, event);
    if (id === '0') downstream.send(Quick, '2', event);
  }
}

/** Functions that message each other, fail, sleep, delay and take back. */
export const hostileApplication = defineApplication({
  name: 'hostile',
  functions: [Quick, Slow, Sleepy],
  forwarders: [ToTarget],
  egress: [memoryEgress('hostile/out'), memoryEgress('hostile/other')],
  providers: [{ provide: 'clock', useValue: systemClock }],
});

const types = [Quick, Slow, Sleepy];

const nothingWrong: SimulationInvariant = {
  name: 'addresses see nothing wrong',
  when: 'end',
  holds: (view) => {
    for (const type of types) {
      for (const id of view.ids(type)) {
        const { wrong } = view.state(type, id);
        if (wrong !== undefined) return `${type.name} ${id} saw ${JSON.stringify(wrong)}`;
      }
    }
    return true;
  },
};

const inOrder: SimulationInvariant = {
  name: 'what an address emits leaves in its order',
  when: 'end',
  holds: (view) => {
    const last = new Map<string, number>();
    for (const { event } of view.egress('hostile/out')) {
      const { from, emitted } = event.data as { readonly from: string; readonly emitted: number };
      if (emitted <= (last.get(from) ?? 0)) return `${from} emits ${emitted} after ${last.get(from) ?? 0}`;
      last.set(from, emitted);
    }
    return true;
  },
};

const ownObjects: SimulationInvariant = {
  name: 'what an address emits of its state is what it has just set',
  when: 'end',
  holds: (view) => {
    for (const { event } of view.egress('hostile/out')) {
      const { number, emitted, last, recent } = event.data as Emitted & { readonly last: Emitted; readonly recent: readonly Emitted[] };
      const numbers = recent.map((one) => one.emitted);
      const first = Math.max(1, emitted - recentMax + 1);
      const expected = Array.from({ length: emitted - first + 1 }, (_, index) => first + index);
      if (last.number !== number || last.emitted !== emitted) return `${JSON.stringify(last)} leaves with number ${number}`;
      if (numbers.join() !== expected.join()) return `${numbers.join()} leave with ${emitted}`;
    }
    return true;
  },
};

/** State that depends on the order of things. */
interface StateInOrder {
  readonly received?: object;
  readonly last?: Emitted;
  readonly recent?: object;
}

/** What does not depend on the order of things. */
function result({ states, deadLetters, delayed, egress }: SimulationEnd): unknown {
  const numbers = egress.map(({ egressId, event }) => `${egressId} ${event.id} ${(event.data as { readonly number: number }).number}`);
  const sums = [...states].map(([address, state]): [string, unknown] => {
    const { received, last: _last, recent: _recent, ...rest } = state as StateInOrder;
    return [address, { ...rest, senders: Object.keys(received ?? {}).sort() }];
  });
  return { states: Object.fromEntries(sums), deadLetters, delayed, numbers: numbers.sort() };
}

export const hostileOptions = {
  events: (random: SeededRandom) =>
    Array.from({ length: 2 + random.below(6) }, (_, index) => {
      if (random.chance(0.05)) return 'no event at all';
      const data = {
        number: random.below(1_000_000_000),
        depth: 1 + random.below(2),
        target: `hostile/${random.oneOf(['quick', 'slow', 'sleepy'])}`,
      };
      const key = random.chance(0.5) ? {} : { partitionkey: `key-${random.below(2)}` };
      return { type: random.chance(0.95) ? 'task' : 'unheard-of', data: { ...data, id: String(index % 4) }, ...key };
    }),
  invariants: [nothingWrong, inOrder, ownObjects],
  providers: (clock) => [{ provide: 'clock', useValue: clock }],
  refuses: ({ event }) => (event.data as { readonly number: number }).number % 13 === 0,
  redrives: true,
  limits: (random) => ({ insideInvocationsMax: random.oneOf([1, 3, 100_000]) }),
  sameEnd: 'always',
  result,
} satisfies SimulationOptions;
