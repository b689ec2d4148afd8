import { assembleApplication } from '../application/assemble.ts';
import { defineApplication, type ApplicationDefinition } from '../application/definition.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent } from '../envelope/complete-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { accepts, Router, type RegisteredForwarder } from '../forwarders/router.ts';
import type { Address } from '../shared/address.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { messageIdOf } from '../shared/message-id.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import { expectList } from './expectations/expect-list.ts';
import { readFixture, toFixture, type Fixture } from './fixtures/fixture.ts';
import { clockAt } from './test-clock.ts';
import { toOverrides, type TestSettings } from './test-settings.ts';

/** What a forwarder under test finds around it. */
export interface TestForwarderOptions extends TestSettings {
  /** Where its other providers come from. @defaultValue an empty application */
  readonly application?: ApplicationDefinition;
  /** Functions that exist; forwarding to others is refused as in production. @defaultValue every function exists */
  readonly functions?: readonly FunctionTarget[];
}

/** A message that a forwarder sent. */
export interface ForwardedEvent {
  readonly to: Address;
  readonly event: CloudEvent;
  readonly partitionKey: string | undefined;
  readonly messageId: string;
}

/** What a forwarder made of one event of a fixture. */
export interface PlayedForward {
  /** `file:line`. */
  readonly place: string;
  readonly event: CloudEvent;
  /** Empty for an event it does not accept. */
  readonly messages: readonly ForwardedEvent[];
}

/** One forwarder of its own, asked by the router that asks it in production. Rejects with APPLICATION_INVALID for a class that cannot be used. */
export async function testForwarder(forwarderClass: ClassOf, options: TestForwarderOptions = {}): Promise<TestForwarder> {
  const clock = clockAt(options.now);
  const assembled = await assembleApplication(options.application ?? defineApplication({ name: forwarderClass.name }), {
    ...toOverrides(options),
    only: [forwarderClass],
    ingress: [],
    egress: [],
    clock,
  });
  const [registered] = assembled.registeredForwarders;
  if (registered === undefined) {
    throw new StatefunError('NOT_A_FORWARDER_CLASS', `class ${forwarderClass.name} has no @Forwarder.`);
  }
  const types = options.functions?.map(functionTypeOf).sort();
  const router = new Router([registered], {
    isRegistered: (type) => types?.includes(type) ?? true,
    registeredTypes: () => types ?? [],
    clock,
  });
  return new TestForwarder({ registered, router, nowMs: clock.now() });
}

interface TestForwarderParts {
  readonly registered: RegisteredForwarder;
  readonly router: Router;
  readonly nowMs: number;
}

export class TestForwarder {
  readonly #parts: TestForwarderParts;
  #received = 0;

  /** @internal */
  constructor(parts: TestForwarderParts) {
    this.#parts = parts;
  }

  /** Whether the forwarder takes the event. What its `accept` throws is a FORWARDER_FAILED. */
  accepts(event: CloudEvent | NewEvent): boolean {
    return accepts(this.#parts.registered, this.#envelopeOf(event).event);
  }

  /**
   * The messages the forwarder sends for an event, in order; none when it does not accept it. Throws what makes a record a dead letter in
   * production: data that its schema refuses, a function that does not exist, FORWARDER_FAILED.
   */
  forwards(event: CloudEvent | NewEvent): readonly ForwardedEvent[] {
    const envelope = this.#envelopeOf(event);
    const routed = this.#parts.router.route(envelope, envelope.event.id);
    return routed.map(({ target, envelope: { event: sent, partitionKey, messageId } }) => {
      assertInvariant(messageId !== undefined, 'what is routed has a message id');
      return { to: target, event: sent, partitionKey, messageId };
    });
  }

  /** Throws EXPECTATION_FAILED unless the event leads to these messages: `{ to: { type, id }, event: { … } }` as patterns, see docs/testing.md. */
  expectForwards(event: CloudEvent | NewEvent, expected: readonly { readonly to?: unknown; readonly event?: unknown }[]): void {
    const { name } = this.#parts.registered;
    expectList({ what: `forwarder ${name}, event type "${event.type}"`, noun: 'message', expected, actual: this.forwards(event) });
  }

  /** Forwards the events of a fixture one by one. Comments and delays mean nothing to a forwarder; expectations are FIXTURE_INVALID. */
  async play(fixture: string | URL | Fixture): Promise<readonly PlayedForward[]> {
    const played: PlayedForward[] = [];
    for await (const line of readFixture(toFixture(fixture))) {
      if (line.kind === 'event') played.push({ place: line.place, event: line.event, messages: this.forwards(line.event) });
      else if (line.kind === 'expect-egress' || line.kind === 'expect-state') {
        const summary = `${line.place}: test.${line.kind} has no meaning for a forwarder, which keeps and egresses nothing.`;
        throw new StatefunError('FIXTURE_INVALID', summary, { facts: { place: line.place } });
      }
    }
    return played;
  }

  #envelopeOf(event: CloudEvent | NewEvent): Envelope {
    const { registered, nowMs } = this.#parts;
    const id = messageIdOf('statefun/testing', registered.name, this.#received++);
    return Envelope.ofEvent(completeEvent(event, { id, source: '/test', time: () => toIsoTime(nowMs) }));
  }
}
