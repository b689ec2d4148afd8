import { methodOf, recordMethod } from '../shared/recorded-decorators.ts';
import { describe, hasCode, isError, StatefunError, toError } from '../shared/errors.ts';
import { readMetadata, type ClassOf } from '../shared/metadata.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import { systemClock, type Clock } from '../shared/time/clock.ts';
import { afterMs, beforeDeadline } from '../shared/time/deadline.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import type { ApplicationEvents } from './application-events.ts';

/**
 * The lifecycle of providers and forwarders.
 *
 * INJECTION-L1. Start: providers in the order of their dependencies, each created and its `@PostConstruct` settled before its dependents
 *     are created; forwarders after them. Then the state folder is opened, committed state recovered, egress started, then functions, then
 *     ingress.
 * INJECTION-L2. Stop is the reverse: ingress, functions (running handlers end, are committed and their effects sent), egress, state folder, then
 *     `@PreDestroy` of forwarders and providers in the reverse of INJECTION-L1, one after the other.
 * INJECTION-L3. When a start fails, every instance constructed by INJECTION-L1 is destroyed by INJECTION-L2.
 * INJECTION-L4. `@PreDestroy` is called at most once, and only after `@PostConstruct` has succeeded. One that fails does not keep the
 *     others.
 */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #events: ApplicationEvents | undefined;
  readonly #postConstructDeadlineMs: number;
  readonly #started: object[] = [];

  constructor({ postConstructDeadline = '30s', clock = systemClock }: LifecycleOptions = {}, events?: ApplicationEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#postConstructDeadlineMs = toMilliseconds(postConstructDeadline);
  }

  /** Calls `@PostConstruct` and keeps the instance for `destroy`. Rejects with LIFECYCLE_FAILED or LIFECYCLE_TIMEOUT. */
  async start(instance: object): Promise<void> {
    // Two providers can provide the same object, and an object without a class has no hooks.
    if (typeof instance.constructor !== 'function' || this.#started.includes(instance)) return;
    for (const method of hooksOf(instance.constructor, 'post-construct')) {
      await this.#settle(instance, method, '@PostConstruct', this.#postConstructDeadlineMs);
    }
    this.#started.push(instance);
    this.#events?.listen(instance);
  }

  /** Calls `@PreDestroy` of everything that was started, within one deadline for all of them. Returns the failures. */
  async destroy(deadlineMs = this.#postConstructDeadlineMs): Promise<readonly StatefunError[]> {
    const problems: StatefunError[] = [];
    const untilMs = this.#clock.now() + deadlineMs;
    for (let instance = this.#started.pop(); instance !== undefined; instance = this.#started.pop()) {
      for (const method of [...hooksOf(instance.constructor, 'pre-destroy')].reverse()) {
        try {
          await this.#settle(instance, method, '@PreDestroy', Math.max(untilMs - this.#clock.now(), 0));
        } catch (thrown) {
          problems.push(toStatefunError(thrown));
        }
      }
    }
    return problems;
  }

  async #settle(instance: object, method: string, hook: string, deadlineMs: number): Promise<void> {
    const where = `${hook} ${instance.constructor.name}.${method}`;
    const late = (): never => {
      const facts = { className: instance.constructor.name, method, deadlineMs };
      throw new StatefunError('LIFECYCLE_TIMEOUT', `${where} did not settle within ${deadlineMs} ms.`, { facts });
    };
    try {
      await beforeDeadline(() => callHook(instance, method), { start: afterMs(this.#clock, deadlineMs), late });
    } catch (thrown) {
      throw hasCode(thrown, 'LIFECYCLE_TIMEOUT') ? thrown : hookFailed(where, thrown);
    }
  }
}

export interface LifecycleOptions {
  /** Longest time of one `@PostConstruct`, after which the start fails. @defaultValue `'30s'` */
  readonly postConstructDeadline?: Duration;
  /** Clock for deadlines. It uses real time even where functions have a virtual clock. @defaultValue the clock of the machine */
  readonly clock?: Clock;
}

type Hook = 'post-construct' | 'pre-destroy';
type HookDecorator<R> = <M extends () => R>(target: object, method: string, descriptor: TypedPropertyDescriptor<M>) => void;

/**
 * Calls the method after an instance has been created and injected, before others receive it. In singletons and forwarders it may return a promise,
 * which the start of the application awaits. Functions, and transient providers or those per address, are created while messages are handled: in them
 * it must be synchronous (LIFECYCLE_ASYNC), and the state of a function cannot be read yet.
 */
export function PostConstruct(): HookDecorator<void | Promise<void>> {
  return (target, method) => recordMethod(target, method, { decorator: 'PostConstruct', key: metadataKey('post-construct'), item: method });
}

/**
 * Calls the method when the application has stopped, dependents before their dependencies. The stop awaits its promise. It works in singletons and
 * forwarders only: other instances are dropped while the application runs, without a call (LIFECYCLE_NOT_CALLED).
 */
export function PreDestroy(): HookDecorator<void | Promise<void>> {
  return (target, method) => recordMethod(target, method, { decorator: 'PreDestroy', key: metadataKey('pre-destroy'), item: method });
}

/** Returns the hooks of a class, those of its bases first. A method that a subclass overrides counts once. */
export function hooksOf(hooked: object, hook: Hook): readonly string[] {
  return [...new Set(readMetadata<readonly string[]>(hooked, metadataKey(hook)) ?? [])];
}

/** Reports hooks that do not work in a class whose instances are created and dropped while messages are handled. */
export function checkShortLived(hooked: ClassOf, what: string): readonly StatefunError[] {
  const facts = { className: hooked.name };
  const asynchronous = hooksOf(hooked, 'post-construct').filter((method) => isAsyncMethod(hooked, method));
  return [
    ...asynchronous.map(
      (method) => new StatefunError('LIFECYCLE_ASYNC', `@PostConstruct ${hooked.name}.${method} is async, but ${what}.`, { facts }),
    ),
    ...hooksOf(hooked, 'pre-destroy').map(
      (method) => new StatefunError('LIFECYCLE_NOT_CALLED', `nothing would call @PreDestroy ${hooked.name}.${method}: ${what}.`, { facts }),
    ),
  ];
}

/** Calls `@PostConstruct` of an instance that is created while messages are handled. Throws LIFECYCLE_FAILED or LIFECYCLE_ASYNC. */
export function startShortLived(instance: object, methods: readonly string[]): void {
  for (const method of methods) {
    const where = `@PostConstruct ${instance.constructor.name}.${method}`;
    let answer: unknown;
    try {
      answer = callHook(instance, method);
    } catch (thrown) {
      throw hookFailed(where, thrown);
    }
    if (!isThenable(answer)) continue;
    ignoreRejection(answer);
    throw new StatefunError('LIFECYCLE_ASYNC', `${where} returned a promise, but its instances are created while messages are handled.`);
  }
}

function metadataKey(hook: Hook): string {
  return `statefun:${hook}`;
}

function callHook(instance: object, method: string): unknown {
  // Safe: the types of the decorators accept only methods of this shape.
  return (instance as Record<string, () => unknown>)[method]?.();
}

function isAsyncMethod(hooked: ClassOf, method: string): boolean {
  const found = methodOf(hooked, method);
  return 'method' in found && found.method.constructor.name === 'AsyncFunction';
}

function hookFailed(where: string, thrown: unknown): StatefunError {
  const text = isError(thrown) ? toError(thrown).message : describe(thrown);
  return new StatefunError('LIFECYCLE_FAILED', `${where} failed: ${text}`, { cause: thrown });
}

function toStatefunError(thrown: unknown): StatefunError {
  return StatefunError.is(thrown) ? thrown : new StatefunError('LIFECYCLE_FAILED', toError(thrown).message, { cause: thrown });
}
