import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Envelope } from '../envelope/envelope.ts';
import type { EventType } from '../envelope/event-type.ts';
import { appendAll } from '../shared/append-all.ts';
import { StatefunError } from '../shared/errors.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import type { EventForwarder } from './event-forwarder.ts';
import { ForwardBudget } from './forward-budget.ts';
import { ForwarderDownstream } from './forwarder-downstream.ts';
import { forwarderAsync, forwarderFailed } from './forwarder-errors.ts';
import type { RoutedMessage, RouterOptions } from './routing.ts';

export type { RoutedMessage, RouterOptions } from './routing.ts';

/** A forwarder as the application hands it to the router. */
export interface RegisteredForwarder {
  /** Unique; message ids are made of it. */
  readonly name: string;
  readonly forwarder: EventForwarder;
  /** None where its `accept` decides alone. */
  readonly eventTypes?: readonly EventType[];
  /** The function type that all its messages are for, where that is declared. */
  readonly target?: string | undefined;
  /** Its place among the forwarders; those of equal order go by name. */
  readonly order: number;
}

/**
 * Asks every forwarder about an event and collects the messages of all that accept it.
 *
 * 1. All or nothing: a forwarder that throws leaves the event without messages; routing it again runs all of them.
 * 2. The same envelope and origin give the same messages, ids included, as long as the forwarders stay the same.
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
   * The messages of an event, in the order of the forwarders; none if no forwarder accepts it. `origin` names the record or request
   * for ever: message ids are made of it. Throws an error of outcome `give-up` that names forwarder and event.
   */
  route(envelope: Envelope, origin: string): readonly RoutedMessage[] {
    const messages: RoutedMessage[] = [];
    const budget = new ForwardBudget(envelope.event);
    for (const registered of this.#forwarders) {
      if (accepts(registered, envelope.event)) appendAll(messages, this.#forward(registered, envelope, origin, budget));
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
    // Where one type is named `accept` may take others, whose data has to fit all the same.
    const eventType = eventTypes.find((named) => named.is(event)) ?? eventTypes[0];
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

/** Whether the router gives the event to the forwarder. Of several event types each has its data: `accept` is asked about no others. */
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

/** What the schema finds has a code of its own, which names event and fields. */
function checkData(name: string, eventType: EventType, event: CloudEvent): CloudEvent {
  try {
    return eventType.check(event);
  } catch (thrown) {
    throw StatefunError.is(thrown) ? thrown : forwarderFailed(thrown, name, event);
  }
}

/** Whether an answer is a promise; if so, its rejection is taken care of, since nobody waits for it. */
function isPromise(answer: unknown): boolean {
  if (!isThenable(answer)) return false;
  ignoreRejection(answer);
  return true;
}
