import type { AttemptOrigin } from '../../functions/attempt-origin.ts';
import type { InvocationScope } from '../../functions/invocation-host.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { formatAddress } from '../../shared/address.ts';
import { isThenable, settled } from '../../shared/thenable.ts';
import type { Choices } from '../schedule/choices.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { shortId } from '../report/texts.ts';
import type { Report } from '../checks/violation.ts';

/** An attempt whose handler is asynchronous. */
interface Held {
  readonly address: string;
  readonly functionType: string;
  readonly messageId: string;
  /** When the attempt times out, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Whether the handler settles only after its timeout. */
  readonly late: boolean;
  /** Reports the settled handler to the engine. Undefined while the handler awaits something. */
  release: (() => void) | undefined;
}

export interface WatchedHandlersOptions {
  readonly scope: InvocationScope;
  readonly functions: FunctionRegistry;
  readonly clock: SimulatedClock;
  readonly choices: Choices;
  /** Probability that an attempt fails or times out without a cause in the handler. */
  readonly failRate: number;
  readonly report: Report;
  readonly trace: (text: () => string) => void;
}

/** Most attempts of one message that fail without a cause in the handler. The other attempts must suffice. */
const faultsMax = 2;

/**
 * Wraps every handler: ends asynchronous ones when the simulation chooses, makes attempts fail, and tracks what they wait for.
 *
 * - `one-at-a-time`: an address runs one handler at a time.
 */
export class WatchedHandlers implements InvocationScope {
  readonly active = true;
  readonly #options: WatchedHandlersOptions;
  readonly #running = new Map<string, Held>();
  /** Attempts that have been seen: code of theirs that runs later, such as a listener of the signal, is no handler. */
  readonly #seen = new WeakSet<AttemptOrigin>();
  /** By message, over all runs of the engine: fewer than its attempts. */
  readonly #faults = new Map<string, number>();
  #started = 0;
  #generation = 0;

  constructor(options: WatchedHandlersOptions) {
    this.#options = options;
  }

  /** Attempts since the beginning. */
  get started(): number {
    return this.#started;
  }

  /** The settled handlers whose end can be reported to the engine now. */
  get settled(): readonly { readonly text: string; readonly release: () => void }[] {
    const now = this.#options.clock.latest;
    const settled: { text: string; release: () => void }[] = [];
    for (const { address, messageId, release, late, deadline } of this.#running.values()) {
      if (release === undefined || (late && now < deadline)) continue;
      settled.push({ text: `the handler of ${address} settles (message ${shortId(messageId)})`, release });
    }
    return settled;
  }

  /** Handlers that await something. */
  get unsettled(): readonly Pick<Held, 'address' | 'functionType'>[] {
    return [...this.#running.values()].filter(({ release }) => release === undefined);
  }

  get running(): number {
    return this.#running.size;
  }

  /** Whether the clock may move on without making an attempt time out that is meant to be in time. */
  mayPass(nowMs: number): boolean {
    for (const { release, late, deadline } of this.#running.values()) if (release !== undefined && !late && deadline <= nowMs) return false;
    return true;
  }

  /** Ends every handler with the process. */
  forget(): void {
    this.#generation += 1;
    this.#running.clear();
  }

  run<T>(origin: AttemptOrigin, handler: () => T): T {
    if (this.#seen.has(origin)) return this.#pass(origin, handler);
    this.#seen.add(origin);
    const { clock, functions, report, trace } = this.#options;
    const { messageId } = origin;
    const { type: functionType } = origin.address;
    const address = formatAddress(origin.address);
    const before = this.#running.get(address);
    if (before !== undefined && clock.latest < before.deadline) {
      report('one-at-a-time', `${address} starts message ${shortId(messageId)} while it handles ${shortId(before.messageId)}`);
    }
    this.#started += 1;
    trace(() => `${address} handles message ${shortId(messageId)}`);
    const fault = this.#fault(functionType, messageId);
    const result = this.#pass(origin, handler);
    if (!isThenable(result)) {
      if (fault !== 'none') this.#throwFor(address);
      return result;
    }
    const policy = functions.get(functionType)?.definition.policy;
    const held = {
      address,
      functionType,
      messageId,
      late: fault === 'late',
      deadline: clock.now() + (policy?.handlerTimeoutMs ?? 0),
      release: undefined,
    };
    // Safe: callers only await the promise, and an attempt accepts any thenable.
    return this.#hold(held, result, fault === 'throws') as T;
  }

  #pass<T>(origin: AttemptOrigin, code: () => T): T {
    const { scope } = this.#options;
    return scope.active ? scope.run(origin, code) : code();
  }

  #hold(held: Held, result: PromiseLike<unknown>, throws: boolean): Promise<unknown> {
    this.#running.set(held.address, held);
    const generation = this.#generation;
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        if (generation !== this.#generation) return;
        held.release = () => {
          if (this.#running.get(held.address) === held) this.#running.delete(held.address);
          end();
        };
      };
      const settling = settled(result);
      settling.then(
        () => settle(() => (throws ? reject(failure(held.address)) : resolve(settling))),
        () => settle(() => resolve(settling)),
      );
    });
  }

  #throwFor(address: string): void {
    this.#options.trace(() => 'that attempt is made to fail');
    throw failure(address);
  }

  #fault(functionType: string, messageId: string): 'none' | 'throws' | 'late' {
    const { functions, choices, failRate } = this.#options;
    const attemptsMax = functions.get(functionType)?.definition.policy.attemptsMax ?? 1;
    const used = this.#faults.get(messageId) ?? 0;
    const left = Math.min(faultsMax, Math.floor((attemptsMax - 1) / 2)) - used;
    const choice = choices.choose('handler', left > 0 ? 3 : 1, (random) => (random.chance(failRate) ? 1 + random.below(2) : 0));
    if (choice === 0) return 'none';
    this.#faults.set(messageId, used + 1);
    return choice === 1 ? 'throws' : 'late';
  }
}

function failure(address: string): Error {
  return new Error(`the simulation lets an attempt of ${address} fail`);
}
