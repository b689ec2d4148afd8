import type { InvocationHost } from '../../functions/invocation-host.ts';
import { Attempt } from '../../functions/attempt.ts';
import { formatAddress } from '../../shared/address.ts';
import { assertInvariant, StatefunError } from '../../shared/errors.ts';
import { AddressState } from '../../state/address-state.ts';
import type { ChangedEntries } from '../../state/changed-entries.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import type { Activation, Executor, PendingMessage } from './activation.ts';
import type { Run, RunWatcher } from './run.ts';
import type { TimerQueue, Timer } from './timer-queue.ts';

/** An action of the partition at a given time. */
export interface Deadline extends Timer {
  readonly act: (nowMs: number) => void;
}

/** An asynchronous handler that has not ended. */
export interface HandlerRun extends Run {
  readonly kind: 'handler';
  readonly message: PendingMessage;
  readonly attempt: Attempt;
  timeout: Deadline | undefined;
  ended: boolean;
}

/** Applies the ends of attempts: `Settlement` does. */
export interface AttemptOutcomes {
  /** Called when the handler of a message is asynchronous: its address takes no other message until it ends. */
  running(activation: Activation, message: PendingMessage): void;
  succeeded(activation: Activation, message: PendingMessage, attempt: Attempt): void;
  /** `attempt` is undefined when no instance could be created. */
  failed(activation: Activation, message: PendingMessage, attempt: Attempt | undefined, error: unknown, nowMs: number): void;
}

export interface AttemptRunnerParts {
  readonly host: InvocationHost;
  readonly deadlines: TimerQueue<Deadline>;
  readonly outcomes: AttemptOutcomes;
  readonly watcher: RunWatcher<HandlerRun>;
  /** Takes the entries that attempts change. */
  readonly changes: ChangedEntries;
}

/** Runs the handlers of function classes. Reports exactly one end of each attempt: success, failure or time-out. */
export class AttemptRunner implements Executor {
  readonly batches = false;
  readonly #parts: AttemptRunnerParts;
  readonly #runs = new Set<HandlerRun>();
  #started = 0;

  constructor(parts: AttemptRunnerParts) {
    this.#parts = parts;
  }

  /** The number of handlers that have not settled. */
  get running(): number {
    return this.#runs.size;
  }

  /** The number of asynchronous handlers since the start. */
  get started(): number {
    return this.#started;
  }

  arrived(): void {
    // Its messages are handled one by one, in their turn.
  }

  load(activation: Activation, entries: readonly StateEntry[]): void {
    const { function: registered, address, collection } = activation;
    assertInvariant(registered.kind === 'class', 'handlers are methods of a class');
    activation.state = new AddressState(registered.cells, entries, { address, collection, changes: this.#parts.changes });
  }

  unreadable(activation: Activation, message: PendingMessage, error: unknown, nowMs: number): void {
    this.#parts.outcomes.failed(activation, message, undefined, error, nowMs);
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
      attempt = new Attempt(registered.definition, instance, message, state, this.#parts.host, nowMs);
      settling = attempt.start();
    } catch (error) {
      this.#parts.outcomes.failed(activation, message, attempt, error, nowMs);
      return;
    }
    if (settling === undefined) this.#parts.outcomes.succeeded(activation, message, attempt);
    else this.#watch(this.#runOf(activation, message, attempt), settling, nowMs);
  }

  abandon(): void {
    for (const run of this.#runs) {
      this.#end(run);
      run.attempt.discard();
    }
  }

  drop(activation: Activation, messages: ReadonlySet<PendingMessage>): boolean {
    for (const run of this.#runs) {
      if (run.activation !== activation || !messages.has(run.message)) continue;
      this.#end(run);
      run.attempt.discard();
      return true;
    }
    return false;
  }

  #runOf(activation: Activation, message: PendingMessage, attempt: Attempt): HandlerRun {
    const run: HandlerRun = {
      ...{ kind: 'handler', activation, message, attempt, timeout: undefined, ended: false },
      settled: (nowMs, failure) => {
        if (run.ended) return;
        this.#end(run);
        if (failure === undefined) this.#parts.outcomes.succeeded(activation, message, attempt);
        else this.#parts.outcomes.failed(activation, message, attempt, failure.error, nowMs);
      },
    };
    return run;
  }

  #watch(run: HandlerRun, settling: Promise<void>, nowMs: number): void {
    const { handlerTimeoutMs } = run.attempt.policy;
    this.#parts.outcomes.running(run.activation, run.message);
    this.#started += 1;
    run.timeout = this.#parts.deadlines.add({
      dueAt: nowMs + handlerTimeoutMs,
      cancelled: false,
      act: (dueMs) => this.#timeOut(run, handlerTimeoutMs, dueMs),
    });
    this.#runs.add(run);
    this.#parts.watcher.watch(run, settling);
  }

  #timeOut(run: HandlerRun, handlerTimeoutMs: number, nowMs: number): void {
    if (run.ended) return;
    this.#end(run);
    const where = formatAddress(run.activation.address);
    const error = new StatefunError('HANDLER_TIMEOUT', `the handler of ${where} did not settle within ${handlerTimeoutMs} ms.`, {
      facts: { address: run.activation.address, handlerTimeoutMs },
    });
    this.#parts.outcomes.failed(run.activation, run.message, run.attempt, error, nowMs);
  }

  #end(run: HandlerRun): void {
    run.ended = true;
    if (run.timeout !== undefined) this.#parts.deadlines.cancel(run.timeout);
    this.#runs.delete(run);
  }
}
