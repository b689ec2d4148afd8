import { assembleApplication } from '../application/assemble.ts';
import { defineApplication, type ApplicationDefinition } from '../application/definition.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { accepts, Router, type RegisteredForwarder } from '../forwarders/router.ts';
import type { Address } from '../shared/address.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { messageIdOf } from '../shared/message-id.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { expectList } from './expectations/expect-list.ts';
import { readFixture, toFixture, type Fixture } from './fixtures/fixture.ts';
import { clockAt } from './test-clock.ts';
import { toOverrides, type TestSettings } from './test-settings.ts';
import { completeTestEvent } from './complete-test-event.ts';

/** Options of {@link testForwarder}. */
export interface TestForwarderOptions extends TestSettings {
  /** The application with further providers. @defaultValue an empty application */
  readonly application?: ApplicationDefinition;
  /** The functions that exist. Forwarding to any other function is refused, as in production. @defaultValue every function exists */
  readonly functions?: readonly FunctionTarget[];
}

/** A message that a forwarder sent. */
export interface ForwardedEvent {
  readonly to: Address;
  readonly event: CloudEvent;
  readonly partitionKey: string | undefined;
  readonly messageId: string;
}

/** The messages that a forwarder sent for one event of a fixture. */
export interface PlayedForward {
  /** The line of the event, as `file:line`. */
  readonly place: string;
  readonly event: CloudEvent;
  /** The messages; empty for an event that the forwarder does not accept. */
  readonly messages: readonly ForwardedEvent[];
}

/** Creates a test of one forwarder, called by the router of production. Rejects with APPLICATION_INVALID for a class that cannot be used. */
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

/** A forwarder under test, made by `testForwarder`. */
export class TestForwarder {
  readonly #parts: TestForwarderParts;
  #received = 0;

  /** @internal */
  constructor(parts: TestForwarderParts) {
    this.#parts = parts;
  }

  /** Whether the forwarder accepts the event. Throws FORWARDER_FAILED if its `accept` throws. */
  accepts(event: CloudEvent | NewEvent): boolean {
    return accepts(this.#parts.registered, this.#envelopeOf(event).event);
  }

  /**
   * Returns the messages that the forwarder sends for an event, in order; none if it does not accept the event. Throws the errors that make a
   * record a dead letter in production: for data that the schema refuses, for a missing function, and FORWARDER_FAILED.
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

  /** Forwards the events of a fixture one by one. Comments and delays are ignored. Throws FIXTURE_INVALID for expectations. */
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
    return Envelope.ofEvent(completeTestEvent(event, { id, nowMs }));
  }
}
