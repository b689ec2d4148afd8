import type { CloudEvent } from '../envelope/cloud-event.ts';
import { eventType, type EventType } from '../envelope/event-type.ts';
import { recordClass } from '../shared/recorded-decorators.ts';
import { ensureLegacyDecorators, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import type { Downstream, EventForwarder } from './event-forwarder.ts';

export interface ForwarderOptions {
  /**
   * Names the forwarder. Message ids are made of it, so it must stay the same while events are in flight; give it to classes that a
   * minifier renames. @defaultValue the name of the class
   */
  readonly name?: string | undefined;
  /** Forwarders send in ascending order, and by name where it is equal. @defaultValue 0 */
  readonly order?: number | undefined;
}

/** What `@Forwarder` recorded on a class. */
export interface ForwarderDeclaration {
  readonly name: string;
  /** Undefined where the class left it to the application. */
  readonly order: number | undefined;
  /** None where its `accept` decides alone. */
  readonly eventTypes: readonly EventType[];
  /** The function type that all its messages are for, where that is declared. */
  readonly target?: string;
}

const metadataKey = 'statefun:forwarder';

/** What `@Forwarder` can name: an event type, or a type as text, whose data is not checked. */
type Forwardable = EventType | string;

/** One event type, a type as text, or several of both. */
export type ForwardableTypes = Forwardable | readonly [Forwardable, ...Forwardable[]];

/** The event that a forwarder of these types is given; of several types, one of theirs. */
export type ForwardedEvent<T> = T extends readonly unknown[] ? EventOfOne<T[number]> : EventOfOne<T>;

type EventOfOne<T> = T extends EventType<infer Data> ? CloudEvent<Data> : CloudEvent;

/** A forwarder that takes every event of several types; as a property, `forward` may not take fewer than these. */
interface ForwarderOf<E> extends Pick<EventForwarder, 'accept'> {
  readonly forward: (event: E, downstream: Downstream) => void;
}

/**
 * Declares a class as a forwarder. With an event type it receives the events of that type, their data checked; with a type as text the
 * same unchecked; with several of them in a list the events of each, its parameter being the union; without any it has `accept(event)`.
 */
export function Forwarder<T>(type: EventType<T>, options?: ForwarderOptions): (target: ClassOf<EventForwarder<T>>) => void;
export function Forwarder<const T extends readonly [Forwardable, ...Forwardable[]]>(
  types: T,
  options?: ForwarderOptions,
): (target: ClassOf<ForwarderOf<ForwardedEvent<T[number]>>>) => void;
export function Forwarder(type?: string, options?: ForwarderOptions): (target: ClassOf<EventForwarder>) => void;
export function Forwarder(type?: Forwardable | readonly Forwardable[], options?: ForwarderOptions): (target: ClassOf) => void {
  return (target: ClassOf, ...others: readonly unknown[]) => {
    ensureLegacyDecorators('Forwarder', others[0]);
    declareForwarder(target, type, options);
  };
}

/** Does what {@link Forwarder} does, without decorator syntax. */
export function declareForwarder(
  target: ClassOf,
  type?: Forwardable | readonly Forwardable[],
  options: ForwarderOptions & { readonly target?: string } = {},
): void {
  const declaration: ForwarderDeclaration = {
    name: options.name ?? target.name,
    order: options.order,
    eventTypes: eventTypesOf(type),
    ...(options.target === undefined ? {} : { target: options.target }),
  };
  recordClass(target, { decorator: 'Forwarder', key: metadataKey, item: declaration });
}

/** What is named as event types; a type as text has no schema. */
export function eventTypesOf(type: Forwardable | readonly Forwardable[] | undefined): readonly EventType[] {
  return listOf(type).map((named) => (typeof named === 'string' ? eventType(named) : named));
}

function listOf(type: Forwardable | readonly Forwardable[] | undefined): readonly Forwardable[] {
  if (type === undefined) return [];
  return typeof type === 'object' && !('type' in type) ? type : [type];
}

/** What was declared on this very class; undefined where it is no forwarder. */
export function readForwarder(target: ClassOf): ForwarderDeclaration | undefined {
  return readOwnMetadata<ForwarderDeclaration>(target, metadataKey);
}
