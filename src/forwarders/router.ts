import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Envelope } from '../envelope/envelope.ts';
import type { EventType } from '../envelope/event-type.ts';
import { StatefunError } from '../shared/errors.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import type { EventForwarder } from './event-forwarder.ts';
import { ForwardBudget } from './forward-budget.ts';
import { ForwarderDownstream } from './forwarder-downstream.ts';
import { forwarderAsync, forwarderFailed } from './forwarder-errors.ts';
import type { RoutedMessage, RouterOptions } from './routing.ts';

export type { RoutedMessage, RouterOptions } from './routing.ts';

const nothing: readonly RoutedMessage[] = [];

/** A forwarder of the application. */
export interface RegisteredForwarder {
  /** Unique name. Message ids depend on it. */
  readonly name: string;
  readonly forwarder: EventForwarder;
  /** Event types. Empty when only `accept` decides. */
  readonly eventTypes?: readonly EventType[];
  /** Function type of all its messages, if declared. */
  readonly target?: string | undefined;
  /** Position among the forwarders: ascending, and by name for equal values. */
  readonly order: number;
}

/**
 * Calls every forwarder for an event and collects the messages of all that accept it.
 *
 * 1. All or nothing: if a forwarder throws, the event has no messages. Routing it again calls all forwarders.
 * 2. The same envelope and origin lead to the same messages and ids, as long as the forwarders do not change.
 */
export class Router {
  readonly #forwarders: readonly RegisteredForwarder[];
  readonly #options: RouterOptions;

  /** Throws DUPLICATE_FORWARDER and FORWARDER_WITHOUT_ACCEPT. */
  constructor(forwarders: readonly RegisteredForwarder[], options: RouterOptions) {
    this.#forwarders = [...forwarders].sort(compareForwarders);
    this.#options = options;
    const names = new Set<string>();
    for (const { name, forwarder, eventTypes = [] } of forwarders) {
      if (names.has(name)) throw new StatefunError('DUPLICATE_FORWARDER', `two forwarders are named ${name}.`, { facts: { name } });
      if (eventTypes.length === 0 && forwarder.accept === undefined) {
        throw new StatefunError('FORWARDER_WITHOUT_ACCEPT', `forwarder ${name} names no event type and has no method accept.`, {
          facts: { name },
        });
      }
      names.add(name);
    }
  }

  /**
   * Returns the messages of an event in the order of the forwarders, or none when no forwarder accepts it. `origin` identifies the record or request
   * permanently; message ids depend on it. Throws an error with outcome `give-up` that names forwarder and event.
   */
  route(envelope: Envelope, origin: string): readonly RoutedMessage[] {
    let messages = nothing;
    let budget: ForwardBudget | undefined;
    for (const registered of this.#forwarders) {
      if (!accepts(registered, envelope.event)) continue;
      budget ??= new ForwardBudget(envelope.event);
      const sent = this.#forward(registered, envelope, origin, budget);
      messages = messages.length === 0 ? sent : [...messages, ...sent];
    }
    return messages;
  }

  #forward(
    { name, forwarder, eventTypes = [] }: RegisteredForwarder,
    envelope: Envelope,
    origin: string,
    budget: ForwardBudget,
  ): readonly RoutedMessage[] {
    const { event } = envelope;
    // With one type, `accept` may accept events of other types. Their data is checked, too.
    const eventType = eventTypes.length === 1 ? eventTypes[0] : (eventTypes.find((named) => named.is(event)) ?? eventTypes[0]);
    const view = eventType === undefined ? event : checkData(name, eventType, event);
    const downstream = new ForwarderDownstream({ forwarder: name, origin, envelope, view, budget }, this.#options);
    let answer: unknown;
    try {
      answer = forwarder.forward(view, downstream);
    } catch (thrown) {
      throw downstream.refusal ?? forwarderFailed(thrown, name, event);
    } finally {
      downstream.close();
    }
    if (isPromise(answer)) throw forwarderAsync('forward', name, event);
    if (downstream.refusal !== undefined) throw downstream.refusal;
    return downstream.messages;
  }
}

function compareForwarders(left: RegisteredForwarder, right: RegisteredForwarder): number {
  if (left.order !== right.order) return left.order - right.order;
  return left.name < right.name ? -1 : 1;
}

/** Returns whether the forwarder receives the event. With several event types, `accept` is called only for events of these types. */
export function accepts({ name, forwarder, eventTypes = [] }: RegisteredForwarder, event: CloudEvent): boolean {
  const isNamed = eventTypes.some((eventType) => eventType.is(event));
  if (forwarder.accept === undefined || (eventTypes.length > 1 && !isNamed)) return isNamed;
  let answer: unknown;
  try {
    answer = forwarder.accept(event);
  } catch (thrown) {
    throw forwarderFailed(thrown, name, event);
  }
  if (isPromise(answer)) throw forwarderAsync('accept', name, event);
  return Boolean(answer);
}

/** Errors of the schema keep their code and text, which name the event and its fields. */
function checkData(name: string, eventType: EventType, event: CloudEvent): CloudEvent {
  try {
    return eventType.check(event);
  } catch (thrown) {
    throw StatefunError.is(thrown) ? thrown : forwarderFailed(thrown, name, event);
  }
}

/** Returns whether a result is a promise, and ignores its rejection, because nothing awaits it. */
function isPromise(answer: unknown): boolean {
  if (!isThenable(answer)) return false;
  ignoreRejection(answer);
  return true;
}
