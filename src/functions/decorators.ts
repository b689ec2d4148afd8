import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { EventType } from '../envelope/event-type.ts';
import { recordClass, recordMethod } from '../shared/recorded-decorators.ts';
import { functionMetadataKey } from '../shared/function-target.ts';
import { ensureLegacyDecorators } from '../shared/metadata.ts';
import type { Context } from './context.ts';
import type { FunctionOptions } from './failure-policy.ts';

/** What `@StatefunFunction` records on a class. */
export interface RecordedFunction {
  readonly type: string;
  readonly options: FunctionOptions;
}

/** What `@Handles` records: which method takes which events; no event type at all is the catch-all. */
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
 * Declares a class to be a stateful function of the type, `namespace/name`.
 *
 * The type is text and not the class name, so that minifiers and renames never move anyone's state.
 */
export function StatefunFunction(type: string, options: FunctionOptions = {}): ClassDecorator {
  return (target: object, ...others: readonly unknown[]) => {
    ensureLegacyDecorators('StatefunFunction', others[0]);
    const item: RecordedFunction = { type, options };
    recordClass(target, { decorator: 'StatefunFunction', key: functionMetadataKey, item });
  };
}

/**
 * The method handles events of a type. With an event type that has a schema the data is checked first, and the parameter's type is
 * checked against it by the compiler; with a text only the `type` attribute is compared; with nothing it takes every event that no
 * other method takes.
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
 * The method answers subscribers and queries with the current event of the address. `undefined` means that nothing is known yet: there
 * is no answer, the subscription is kept, and the next published event reaches the subscriber.
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
