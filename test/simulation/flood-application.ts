import { defineApplication } from '../../src/application/definition.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import type { SeededRandom } from '../../src/shared/seeded-random.ts';

interface Drop {
  readonly depth: number;
}

/** Each message leads to three, at once or later, as long as its depth lasts. */
@StatefunFunction('flood/source', { retry: { attemptsMax: 3, delay: '10ms' } })
export class Source {
  @Handles('drop')
  async onDrop({ data: { depth } }: CloudEvent<Drop>, context: Context): Promise<void> {
    if (depth === 0) return;
    const event = { type: 'drop', data: { depth: depth - 1 } };
    context.send(Source, '1', event);
    if (depth % 2 === 0) await Promise.resolve();
    context.send(Source, '2', event);
    context.sendAfter('50ms', Source, '3', event);
  }
}

@Forwarder()
export class ToSource implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(Source, '0', event);
  }
}

/** Messages that become more and more, until the limit refuses them. */
export const floodApplication = defineApplication({ name: 'flood', functions: [Source], forwarders: [ToSource] });

export const floodOptions = {
  events: (random: SeededRandom) =>
    Array.from({ length: 1 + random.below(2) }, () => ({ type: 'drop', data: { depth: 2 + random.below(3) } })),
  limits: (random) => ({ sentMessagesMax: 5 + random.below(10) }),
  // What is refused depends on what else is there at that moment.
  sameEnd: 'never',
} satisfies SimulationOptions;
