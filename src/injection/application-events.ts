import { recordMethod } from '../shared/recorded-decorators.ts';
import { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { readMetadata, type ClassOf } from '../shared/metadata.ts';

/** The data of application events, by the name of the event. */
export interface ApplicationEventMap {
  /** Every ingress is reading. */
  readonly started: { readonly application: string };
  /** A stop was requested. Ingresses still read at this moment. */
  readonly stopping: { readonly application: string };
  /** The engine has stopped and the state folder is closed. `@PreDestroy` follows. Has the error when the engine had to stop. */
  readonly stopped: { readonly application: string; readonly error: Error | undefined };
  /** The application could not start, or its engine had to stop. */
  readonly failed: { readonly application: string; readonly error: Error };
}

/** The name of an application event. */
export type ApplicationEventName = keyof ApplicationEventMap;

type Listener<Name extends ApplicationEventName> = (event: ApplicationEventMap[Name]) => unknown;
type ListenerDecorator<Name extends ApplicationEventName> = <M extends Listener<Name>>(
  target: object,
  method: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

interface RecordedListener {
  readonly event: ApplicationEventName;
  readonly method: string;
}

export const applicationEventNames: readonly ApplicationEventName[] = ['started', 'stopping', 'stopped', 'failed'];

const metadataKey = 'statefun:application-events';

/** Makes a method of a provider or forwarder a listener to an event of the application. See {@link ApplicationEvents}. */
export function OnApplicationEvent<Name extends ApplicationEventName>(event: Name): ListenerDecorator<Name> {
  return (target, method) => {
    const item: RecordedListener = { event, method };
    recordMethod(target, method, { decorator: 'OnApplicationEvent', key: metadataKey, item });
  };
}

/** Returns the listeners of a class and its bases, those of bases first. A method that a subclass overrides and decorates again counts once. */
export function listenersOf(listening: object): readonly RecordedListener[] {
  const recorded = readMetadata<readonly RecordedListener[]>(listening, metadataKey) ?? [];
  return recorded.filter(
    ({ event, method }, index) => recorded.findIndex((other) => other.event === event && other.method === method) === index,
  );
}

/** Reports `@OnApplicationEvent` in a class whose instances are not kept. */
export function checkNoListeners(madeClass: ClassOf, what: string): readonly StatefunError[] {
  return listenersOf(madeClass).map(({ event, method }) => {
    const summary = `nothing would call @OnApplicationEvent('${event}') ${madeClass.name}.${method}: ${what}.`;
    return new StatefunError('LIFECYCLE_NOT_CALLED', summary, { facts: { className: madeClass.name } });
  });
}

/**
 * Events of the application as a whole. Every provider can inject it; `running.events` is the same object.
 *
 * Listeners are called in the order in which they were added. Nothing waits for them, and the errors of a listener are only logged. Work that a start
 * or a stop has to wait for belongs in `@PostConstruct` and `@PreDestroy`.
 */
export class ApplicationEvents {
  readonly #listeners = new Map<ApplicationEventName, Set<{ readonly call: (event: never) => unknown }>>();

  /** Adds a listener. Returns a function that removes it. */
  on<Name extends ApplicationEventName>(event: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      const names = applicationEventNames.join(', ');
      throw new StatefunError('APPLICATION_EVENT_UNKNOWN', `there is no event "${event}" of the application; there are ${names}.`);
    }
    // The same function can be added twice, with separate entries.
    const entry = { call: listener };
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  constructor() {
    for (const name of applicationEventNames) this.#listeners.set(name, new Set());
  }

  /** Adds the methods of an instance with `@OnApplicationEvent`. @internal */
  listen(instance: object): void {
    for (const { event, method } of listenersOf(instance.constructor)) {
      // Safe: the type of the decorator accepts only methods of this shape.
      this.on(event, (payload) => (instance as Record<string, (payload: unknown) => unknown>)[method]?.(payload));
    }
  }

  /** Calls all listeners. @internal */
  emit<Name extends ApplicationEventName>(event: Name, payload: ApplicationEventMap[Name], logger: Logger): void {
    const complain = (error: unknown): void => logger.error(`a listener to the event "${event}" of the application failed`, { error });
    for (const { call } of [...(this.#listeners.get(event) ?? [])]) {
      try {
        // Safe: listeners are stored by the name of their event.
        Promise.resolve(call(payload as never)).catch(complain);
      } catch (error) {
        complain(error);
      }
    }
  }
}
