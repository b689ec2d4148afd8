import type { Effects } from '../../../functions/effects.ts';
import { canRetry, retryDelayMs, toHandlerError } from '../../../functions/failure-policy.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import { Attempt } from '../../../functions/attempt.ts';
import type { Message } from '../../../functions/message.ts';
import type { RegisteredFunction } from '../../../functions/function-registry.ts';
import { formatAddress } from '../../../shared/address.ts';
import { StatefunError } from '../../../shared/errors.ts';
import { beforeDeadline } from '../../../shared/time/deadline.ts';
import { sleep } from '../../../shared/time/sleep.ts';
import type { ClassHost } from './class-host.ts';
import type { ServedState } from './served-state.ts';

/** How a message ended. */
export type MessageOutcome =
  | { readonly kind: 'done'; readonly effects: Effects; readonly startedAtMs: number }
  | { readonly kind: 'dead-letter'; readonly error: Error; readonly attempts: number }
  | { readonly kind: 'skipped' }
  /** The handler used a state that is not attached. */
  | { readonly kind: 'incomplete' };

/** Handles the messages of one batch in order, with retries by the policy of their function and within the retry budget of the call. */
export class AttemptLoop {
  readonly #registered: RegisteredFunction;
  readonly #state: ServedState;
  readonly #invocations: InvocationHost;
  readonly #host: ClassHost;
  readonly #retryUntilMs: number;
  readonly #never = new AbortController().signal;

  constructor(registered: RegisteredFunction, state: ServedState, invocations: InvocationHost, host: ClassHost) {
    this.#registered = registered;
    this.#state = state;
    this.#invocations = invocations;
    this.#host = host;
    this.#retryUntilMs = host.clock.now() + host.retryBudgetMs;
  }

  async run(message: Message): Promise<MessageOutcome> {
    const { clock, invocations } = this.#host;
    const { policy } = this.#registered.definition;
    for (let attempts = 1; ; attempts += 1) {
      const startedAtMs = clock.now();
      try {
        const effects = await this.#attempt(message, startedAtMs);
        return this.#state.missing.length > 0 ? { kind: 'incomplete' } : { kind: 'done', effects, startedAtMs };
      } catch (thrown) {
        // Not a failure: the message begins again with its first attempt once the state is attached.
        if (this.#state.missing.length > 0) return { kind: 'incomplete' };
        const error = toHandlerError(thrown);
        const fields = { address: formatAddress(message.target), messageId: message.messageId, attempt: attempts, error };
        invocations.logger.warn('attempt failed', { ...fields, attemptsMax: policy.attemptsMax });
        const delayMs = retryDelayMs(policy, attempts);
        const isFinal = !canRetry(error) || attempts >= policy.attemptsMax;
        if (isFinal || clock.now() + delayMs > this.#retryUntilMs) {
          // `stop` is refused when the application is served, so a message that is not skipped is kept.
          return policy.onFailure === 'skip' ? { kind: 'skipped' } : { kind: 'dead-letter', error, attempts };
        }
        await sleep(clock, delayMs, this.#never);
      }
    }
  }

  async #attempt(message: Message, nowMs: number): Promise<Effects> {
    const { definition, create } = this.#registered;
    // A new instance: work left running by an earlier attempt holds another one, whose cells have ended.
    const instance = create();
    this.#state.address.bind(instance);
    const attempt = new Attempt(definition, instance, message, this.#state.address, this.#invocations, nowMs);
    try {
      const settling = attempt.start();
      if (settling !== undefined) await this.#withTimeout(settling, message, definition.policy.handlerTimeoutMs, nowMs);
    } catch (thrown) {
      attempt.discard();
      throw thrown;
    }
    return attempt.keep();
  }

  async #withTimeout(settling: Promise<void>, { target }: Message, timeoutMs: number, nowMs: number): Promise<void> {
    await beforeDeadline(() => settling, {
      start: (over) => this.#host.clock.schedule(nowMs + timeoutMs, over),
      late: () => {
        const summary = `the handler of ${formatAddress(target)} did not settle within ${timeoutMs} ms.`;
        throw new StatefunError('HANDLER_TIMEOUT', summary, { facts: { address: target, handlerTimeoutMs: timeoutMs } });
      },
    });
  }
}
