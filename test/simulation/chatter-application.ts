import { defineApplication } from '../../src/application/definition.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import type { SeededRandom } from '../../src/shared/seeded-random.ts';

interface Talk {
  readonly left: number;
}

/** Sends the event back until its count is used up. */
@StatefunFunction('chatter/talker', { retry: { attemptsMax: 7, delay: 0 } })
export class Talker {
  @Persisted() readonly said = PersistedValue.of<number>();

  @Handles('talk')
  onTalk({ data: { left } }: CloudEvent<Talk>, context: Context): void {
    this.said.set(this.said.getOrDefault(0) + 1);
    if (left === 0) return;
    const event = { type: 'talk', data: { left: left - 1 } };
    if (context.caller === undefined) context.send(Talker, 'other', event);
    else context.reply(event);
  }
}

@StatefunFunction('chatter/listener', { retry: { attemptsMax: 7, delay: 0 } })
export class Listener {
  @Persisted() readonly heard = PersistedValue.of<number>();

  @Handles('note')
  onNote(_event: CloudEvent<object>, context: Context): void {
    const heard = this.heard.getOrDefault(0) + 1;
    this.heard.set(heard);
    context.egress('chatter/out', { type: 'heard', data: { heard } });
  }
}

@Forwarder()
export class ToChatter implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    if (event.type === 'talk') downstream.send(Talker, 'one', event);
    else downstream.send(Listener, 'all', event);
  }
}

/** Two addresses that message each other for long, while records come in for a third. */
export const chatterApplication = defineApplication({
  name: 'chatter',
  functions: [Talker, Listener],
  forwarders: [ToChatter],
  egress: [memoryEgress('chatter/out')],
});

export const chatterOptions = {
  events: (random: SeededRandom) => [
    { type: 'talk', data: { left: 80 + random.below(80) } },
    ...Array.from({ length: 1 + random.below(5) }, () => ({ type: 'note', data: {} })),
  ],
  limits: (random) => ({ insideInvocationsMax: random.oneOf([4, 15, 40]) }),
  sameEnd: 'always',
} satisfies SimulationOptions;
