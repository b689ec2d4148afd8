import type {
  BatchResult,
  DelayedCancellation,
  DelayedSend,
  OutgoingEgress,
  OutgoingMessage,
} from '../../../functions/remote/invocation-batch.ts';

/** What the messages of a batch ask for, in the order in which they do. */
export class BatchEffects {
  readonly messages: OutgoingMessage[] = [];
  readonly delayed: (DelayedSend | DelayedCancellation)[] = [];
  readonly egress: OutgoingEgress[] = [];
  #before = { messages: 0, delayed: 0, egress: 0 };

  begin(): void {
    this.#before = { messages: this.messages.length, delayed: this.delayed.length, egress: this.egress.length };
  }

  /** Forgets what was asked for since the last `begin`. */
  rollback(): void {
    this.messages.length = this.#before.messages;
    this.delayed.length = this.#before.delayed;
    this.egress.length = this.#before.egress;
  }

  /** Whether the batch itself has a delayed message pending under the token, which a second one would clash with. */
  isTokenPending(token: string): boolean {
    return this.delayed.findLast((effect) => effect.token === token)?.kind === 'send';
  }

  result(mutations: BatchResult['mutations']): BatchResult {
    return { kind: 'result', mutations, messages: this.messages, delayed: this.delayed, egress: this.egress };
  }
}
