import type { CloudEvent } from '../envelope/cloud-event.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import type { ClassOf } from '../shared/metadata.ts';
import type { Downstream, EventForwarder } from './event-forwarder.ts';
import {
  declareForwarder,
  eventTypesOf,
  type ForwardableTypes,
  type ForwardedEvent,
  type ForwarderOptions,
} from './forwarder-decorator.ts';

/** A forwarder as a value, made by {@link forwardTo}. It can stand wherever a class with `@Forwarder` can. */
export type ForwarderValue = ClassOf<EventForwarder>;

/**
 * Returns a forwarder that sends every event of a type to one function, unchanged, under the id that `idOf` returns. Export it from a file
 * that is scanned, or list it under `forwarders`.
 *
 * `idOf` decides by the event alone and returns at once, as a forwarder does. The target is checked at the start (UNKNOWN_FUNCTION). The
 * name of the forwarder is `forwardTo(function type, event type)` unless `options.name` gives another one: message ids are made of it.
 *
 * ```ts
 * export const productEvents = forwardTo(ProductFunction, ProductChanged, (event) => event.data.id);
 * ```
 */
export function forwardTo<const T extends ForwardableTypes>(
  target: FunctionTarget,
  types: T,
  idOf: (event: ForwardedEvent<T>) => string,
  options: ForwarderOptions = {},
): ForwarderValue {
  const functionType = functionTypeOf(target);
  const name = options.name ?? `forwardTo(${[functionType, ...eventTypesOf(types).map(({ type }) => type)].join(', ')})`;
  const forwarder = class implements EventForwarder {
    forward(event: CloudEvent, downstream: Downstream): void {
      // The router gives a forwarder the events of its types only, their data checked.
      downstream.send(functionType, idOf(event as ForwardedEvent<T>), event);
    }
  };
  // What the scan found and failures show is the name of the class.
  Object.defineProperty(forwarder, 'name', { value: name });
  declareForwarder(forwarder, types, { ...options, name, target: functionType });
  return forwarder;
}
