import type { CloudEvent } from '../envelope/cloud-event.ts';
import { eventType, type EventType } from '../envelope/event-type.ts';
import { recordClass } from '../shared/recorded-decorators.ts';
import { ensureLegacyDecorators, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import type { Downstream, EventForwarder } from './event-forwarder.ts';

/** Options of a forwarder. */
export interface ForwarderOptions {
  /**
   * Name of the forwarder. Message ids depend on it, so it must not change while events are being handled. Set it for classes that a minifier
   * renames. @defaultValue the name of the class
   */
  readonly name?: string | undefined;
  /** Position among the forwarders: ascending, and by name for equal values. @defaultValue 0 */
  readonly order?: number | undefined;
}

/** Metadata that `@Forwarder` records on a class. */
export interface ForwarderDeclaration {
  readonly name: string;
  /** Undefined when the class does not set it. */
  readonly order: number | undefined;
  /** Event types. Empty when only `accept` decides. */
  readonly eventTypes: readonly EventType[];
  /** Function type of all its messages, if declared. */
  readonly target?: string;
}

const metadataKey = 'statefun:forwarder';

/** An event type, or a type as text, whose data is not checked. */
type Forwardable = EventType | string;

/** One event type, a type as text, or several of both. */
export type ForwardableTypes = Forwardable | readonly [Forwardable, ...Forwardable[]];

/** The event that a forwarder of these types receives; for several types, a union. */
export type ForwardedEvent<T> = T extends readonly unknown[] ? EventOfOne<T[number]> : EventOfOne<T>;

type EventOfOne<T> = T extends EventType<infer Data> ? CloudEvent<Data> : CloudEvent;

/** A forwarder of several event types. `forward` is a property, so that its parameter must accept all of them. */
interface ForwarderOf<E> extends Pick<EventForwarder, 'accept'> {
  readonly forward: (event: E, downstream: Downstream) => void;
}

/**
 * Declares a class as a forwarder. With an event type, it receives events of that type with checked data; with a type as text, the data is not
 * checked. With a list of types, it receives the events of each, and its parameter is their union. Without a type, it needs `accept(event)`.
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

/** Returns the event types. A type as text becomes one without a schema. */
export function eventTypesOf(type: Forwardable | readonly Forwardable[] | undefined): readonly EventType[] {
  return listOf(type).map((named) => (typeof named === 'string' ? eventType(named) : named));
}

function listOf(type: Forwardable | readonly Forwardable[] | undefined): readonly Forwardable[] {
  if (type === undefined) return [];
  return typeof type === 'object' && !('type' in type) ? type : [type];
}

/** Reads the declaration of the class itself, or undefined when it is not a forwarder. */
export function readForwarder(target: ClassOf): ForwarderDeclaration | undefined {
  return readOwnMetadata<ForwarderDeclaration>(target, metadataKey);
}
