import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { EventType } from '../envelope/event-type.ts';
import { recordClass, recordMethod } from '../shared/recorded-decorators.ts';
import { functionMetadataKey } from '../shared/function-target.ts';
import { ensureLegacyDecorators } from '../shared/metadata.ts';
import type { Context } from './context.ts';
import type { FunctionOptions } from './failure-policy.ts';

/** Metadata that `@StatefunFunction` records on a class. */
export interface RecordedFunction {
  readonly type: string;
  readonly options: FunctionOptions;
}

/** Metadata that `@Handles` records: a method and its event type. Without an event type, the method is the catch-all. */
export interface RecordedHandler {
  readonly method: string;
  readonly eventType: EventType | string | undefined;
}

export const handlersMetadataKey = 'statefun:handlers';
export const onSubscribeMetadataKey = 'statefun:on-subscribe';

type HandlerMethod<T> = (event: CloudEvent<T>, context: Context) => void | Promise<void>;
type HandlerDecorator<T> = <M extends HandlerMethod<T>>(target: object, method: string, descriptor: TypedPropertyDescriptor<M>) => void;
type CurrentEventMethod = () => NewEvent | CloudEvent | undefined;

/**
 * Declares a class as a stateful function of the type `namespace/name`.
 *
 * The type is a text, not the class name, so minifiers and renames do not affect stored state.
 */
export function StatefunFunction(type: string, options: FunctionOptions = {}): ClassDecorator {
  return (target: object, ...others: readonly unknown[]) => {
    ensureLegacyDecorators('StatefunFunction', others[0]);
    const item: RecordedFunction = { type, options };
    recordClass(target, { decorator: 'StatefunFunction', key: functionMetadataKey, item });
  };
}

/**
 * Makes a method the handler of an event type. For an event type with a schema, the data is checked first, and the compiler checks the type of the
 * parameter. For a text, only the `type` attribute is compared. Without an argument, the method handles every event that no other method handles.
 */
export function Handles<T>(eventType: EventType<T>): HandlerDecorator<T>;
export function Handles(eventType?: string): HandlerDecorator<never>;
export function Handles(eventType?: EventType | string): HandlerDecorator<never> {
  return (target, method) => {
    const item: RecordedHandler = { method, eventType };
    recordMethod(target, method, { decorator: 'Handles', key: handlersMetadataKey, item });
  };
}

/**
 * Makes a method return the current event of the address for new subscribers and queries. When it returns `undefined`, nothing is sent; the
 * subscription is kept, and the next published event reaches the subscriber.
 */
export function OnSubscribe(): <M extends CurrentEventMethod>(
  target: object,
  method: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void {
  return (target, method) => {
    recordMethod(target, method, { decorator: 'OnSubscribe', key: onSubscribeMetadataKey, item: method });
  };
}
