import { eventType, type EventType } from '../envelope/event-type.ts';
import { recordClass } from '../shared/decorated.ts';
import { ensureLegacyDecorators, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import type { EventForwarder } from './event-forwarder.ts';

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
  readonly eventType: EventType | undefined;
}

const metadataKey = 'statefun:forwarder';

/**
 * Declares a class as a forwarder. With an event type it receives the events of that type, their data checked; with a type as text the
 * same unchecked; without either it has `accept(event)`.
 */
export function Forwarder<T>(type: EventType<T>, options?: ForwarderOptions): (target: ClassOf<EventForwarder<T>>) => void;
export function Forwarder(type?: string, options?: ForwarderOptions): (target: ClassOf<EventForwarder>) => void;
export function Forwarder(type?: EventType | string, options?: ForwarderOptions): (target: ClassOf) => void {
  return (target: ClassOf, ...others: readonly unknown[]) => {
    ensureLegacyDecorators('Forwarder', others[0]);
    declareForwarder(target, type, options);
  };
}

/** Does what {@link Forwarder} does, without decorator syntax. */
export function declareForwarder(target: ClassOf, type?: EventType | string, options: ForwarderOptions = {}): void {
  const declaration: ForwarderDeclaration = {
    name: options.name ?? target.name,
    order: options.order,
    eventType: typeof type === 'string' ? eventType(type) : type,
  };
  recordClass(target, { decorator: 'Forwarder', key: metadataKey, item: declaration });
}

/** What was declared on this very class; undefined where it is no forwarder. */
export function readForwarder(target: ClassOf): ForwarderDeclaration | undefined {
  return readOwnMetadata<ForwarderDeclaration>(target, metadataKey);
}
