import type { InvocationHost } from '../../functions/invocation-host.ts';
import { Attempt } from '../../functions/attempt.ts';
import { formatAddress } from '../../shared/address.ts';
import { assertInvariant, StatefunError } from '../../shared/errors.ts';
import type { Activation } from './activation.ts';
import type { PendingMessage } from './pending-message.ts';
import type { TimerQueue, Timer } from './timer-queue.ts';

/** An action of the partition at a given time. */
export interface Deadline extends Timer {
  readonly act: (nowMs: number) => void;
}

/** An asynchronous handler that has not ended. */
export interface Run {
  readonly kind: 'handler';
  readonly activation: Activation;
  readonly message: PendingMessage;
  readonly attempt: Attempt;
  timeout: Deadline | undefined;
  /** Whether it has settled or timed out. A later end is ignored. */
  ended: boolean;
}

/** Applies the ends of attempts: `Settlement` does. */
export interface AttemptOutcomes {
  succeeded(activation: Activation, message: PendingMessage, attempt: Attempt): void;
  /** `attempt` is undefined when no instance could be created. */
  failed(activation: Activation, message: PendingMessage, attempt: Attempt | undefined, error: unknown, nowMs: number): void;
}

/** Waits for asynchronous handlers; each one's end comes back through `settled`. */
export interface RunWatcher<R> {
  watch(run: R, settling: Promise<void>): void;
}

/** Starts handlers. Reports exactly one end of each attempt: success, failure or time-out. */
export class AttemptRunner {
  readonly #host: InvocationHost;
  readonly #deadlines: TimerQueue<Deadline>;
  readonly #outcomes: AttemptOutcomes;
  readonly #watcher: RunWatcher<Run>;
  readonly #runs = new Set<Run>();
  #watched = 0;

  constructor(host: InvocationHost, deadlines: TimerQueue<Deadline>, outcomes: AttemptOutcomes, watcher: RunWatcher<Run>) {
    this.#host = host;
    this.#deadlines = deadlines;
    this.#outcomes = outcomes;
    this.#watcher = watcher;
  }

  /** The number of handlers that have not settled. */
  get running(): number {
    return this.#runs.size;
  }

  /** The number of asynchronous handlers since the start. */
  get watched(): number {
    return this.#watched;
  }

  start(activation: Activation, message: PendingMessage, nowMs: number): void {
    const { state, function: registered } = activation;
    assertInvariant(state !== undefined, 'a handler runs only when the state of its address is there');
    assertInvariant(registered.kind === 'class', 'handlers are methods of a class');
    activation.recent = true;
    let attempt: Attempt | undefined;
    let settling: Promise<void> | undefined;
    try {
      // Each attempt has its own instance: code left running by an earlier attempt holds another one, whose cells have ended.
      const instance = registered.create();
      state.bind(instance);
      attempt = new Attempt(registered.definition, instance, message, state, this.#host, nowMs);
      settling = attempt.start();
    } catch (error) {
      this.#outcomes.failed(activation, message, attempt, error, nowMs);
      return;
    }
    if (settling === undefined) this.#outcomes.succeeded(activation, message, attempt);
    else this.#watch({ kind: 'handler', activation, message, attempt, timeout: undefined, ended: false }, settling, nowMs);
  }

  /** Ends a run whose handler has settled. `failure` is set when it rejected. */
  settled(run: Run, nowMs: number, failure?: { readonly error: unknown }): void {
    if (run.ended) return;
    this.#end(run);
    if (failure === undefined) this.#outcomes.succeeded(run.activation, run.message, run.attempt);
    else this.#outcomes.failed(run.activation, run.message, run.attempt, failure.error, nowMs);
  }

  /** Discards all running attempts because the engine stops: aborts their signals, and lets them change nothing more. */
  abandon(): void {
    for (const run of this.#runs) {
      this.#end(run);
      run.attempt.discard();
    }
  }

  /** Discards the attempt that runs at the address for one of the messages. Returns whether there was one. */
  drop(activation: Activation, messages: readonly PendingMessage[]): boolean {
    for (const run of this.#runs) {
      if (run.activation !== activation || !messages.includes(run.message)) continue;
      this.#end(run);
      run.attempt.discard();
      return true;
    }
    return false;
  }

  #watch(run: Run, settling: Promise<void>, nowMs: number): void {
    const { handlerTimeoutMs } = run.attempt.policy;
    run.activation.status = 'running';
    this.#watched += 1;
    run.timeout = this.#deadlines.add({
      dueAt: nowMs + handlerTimeoutMs,
      cancelled: false,
      act: (dueMs) => this.#timeOut(run, handlerTimeoutMs, dueMs),
    });
    this.#runs.add(run);
    this.#watcher.watch(run, settling);
  }

  #timeOut(run: Run, handlerTimeoutMs: number, nowMs: number): void {
    if (run.ended) return;
    this.#end(run);
    const where = formatAddress(run.activation.address);
    const error = new StatefunError('HANDLER_TIMEOUT', `the handler of ${where} did not settle within ${handlerTimeoutMs} ms.`, {
      facts: { address: run.activation.address, handlerTimeoutMs },
    });
    this.#outcomes.failed(run.activation, run.message, run.attempt, error, nowMs);
  }

  #end(run: Run): void {
    run.ended = true;
    if (run.timeout !== undefined) this.#deadlines.cancel(run.timeout);
    this.#runs.delete(run);
  }
}
