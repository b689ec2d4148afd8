import type {
  BatchResult,
  DelayedCancellation,
  DelayedSend,
  OutgoingEgress,
  OutgoingMessage,
} from '../../../functions/remote/invocation-batch.ts';

/** The effects of the messages of a batch, in order. */
export class BatchEffects {
  readonly messages: OutgoingMessage[] = [];
  readonly delayed: (DelayedSend | DelayedCancellation)[] = [];
  readonly egress: OutgoingEgress[] = [];
  #before = { messages: 0, delayed: 0, egress: 0 };

  begin(): void {
    this.#before = { messages: this.messages.length, delayed: this.delayed.length, egress: this.egress.length };
  }

  /** Removes the effects since the last `begin`. */
  rollback(): void {
    this.messages.length = this.#before.messages;
    this.delayed.length = this.#before.delayed;
    this.egress.length = this.#before.egress;
  }

  /** Whether the batch itself has sent a delayed message with the token that is still pending. */
  isCancellationTokenPending(token: string): boolean {
    return this.delayed.findLast((effect) => effect.cancellationToken === token)?.kind === 'send';
  }

  result(mutations: BatchResult['mutations']): BatchResult {
    return { kind: 'result', mutations, messages: this.messages, delayed: this.delayed, egress: this.egress };
  }
}
