import { recordMethod } from '../shared/recorded-decorators.ts';
import { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { readMetadata } from '../shared/metadata.ts';

/** What listeners are told, by the name of the event. */
export interface ApplicationEventMap {
  /** Every ingress reads. */
  readonly started: { readonly application: string };
  /** A stop was asked for; records are still taken at this moment. */
  readonly stopping: { readonly application: string };
  /** The engine has stopped and the state folder is closed; `@PreDestroy` comes next. With the error when the engine had to stop. */
  readonly stopped: { readonly application: string; readonly error: Error | undefined };
  /** The application could not start, or its engine had to stop. */
  readonly failed: { readonly application: string; readonly error: Error };
}

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

/** The method of a provider or forwarder is told of an event of the application. See {@link ApplicationEvents}. */
export function OnApplicationEvent<Name extends ApplicationEventName>(event: Name): ListenerDecorator<Name> {
  return (target, method) => {
    const item: RecordedListener = { event, method };
    recordMethod(target, method, { decorator: 'OnApplicationEvent', key: metadataKey, item });
  };
}

/** The listeners among the methods of a class, its bases' first. One that a subclass overrides and marks again counts once. */
export function listenersOf(listening: object): readonly RecordedListener[] {
  const recorded = readMetadata<readonly RecordedListener[]>(listening, metadataKey) ?? [];
  return recorded.filter(
    ({ event, method }, index) => recorded.findIndex((other) => other.event === event && other.method === method) === index,
  );
}

/**
 * What happens to the application as a whole; every provider can ask for it, and `running.events` is the same.
 *
 * Listeners are called in the order they were added. They are told, not waited for, and one that throws or rejects is logged and changes
 * nothing: work that a start or a stop has to wait for belongs into `@PostConstruct` and `@PreDestroy`.
 */
export class ApplicationEvents {
  readonly #listeners = new Map<ApplicationEventName, Set<{ readonly call: (event: never) => unknown }>>();

  /** Adds a listener; the answer takes it away again. */
  on<Name extends ApplicationEventName>(event: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      const names = applicationEventNames.join(', ');
      throw new StatefunError('APPLICATION_EVENT_UNKNOWN', `there is no event "${event}" of the application; there are ${names}.`);
    }
    // The same function may be added twice; each has an entry of its own.
    const entry = { call: listener };
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  constructor() {
    for (const name of applicationEventNames) this.#listeners.set(name, new Set());
  }

  /** Adds what `@OnApplicationEvent` marks on an instance. @internal */
  listen(instance: object): void {
    for (const { event, method } of listenersOf(instance.constructor)) {
      // The decorator's signature lets only methods of this shape be marked.
      this.on(event, (payload) => (instance as Record<string, (payload: unknown) => unknown>)[method]?.(payload));
    }
  }

  /** Tells everyone. @internal */
  emit<Name extends ApplicationEventName>(event: Name, payload: ApplicationEventMap[Name], logger: Logger): void {
    const complain = (error: unknown): void => logger.error(`a listener to the event "${event}" of the application failed`, { error });
    for (const { call } of [...(this.#listeners.get(event) ?? [])]) {
      try {
        // Listeners are kept by the name of the event they take.
        Promise.resolve(call(payload as never)).catch(complain);
      } catch (error) {
        complain(error);
      }
    }
  }
}
