import type { Envelope } from '../../envelope/envelope.ts';
import type { Effects } from '../../functions/effects.ts';
import { canRetry, retryDelayMs, toHandlerError, type OnFailure } from '../../functions/failure-policy.ts';
import type { InvocationHost } from '../../functions/invocation-host.ts';
import type { Attempt } from '../../functions/attempt.ts';
import { Message } from '../../functions/message.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { Activation, PendingMessage } from './activation.ts';
import { failureLengthMax, failureOf } from './attempt-failure.ts';
import type { AttemptOutcomes, Deadline } from './attempt-runner.ts';
import type { CommitGroup } from './commit-group.ts';
import type { DeadLetterIntake } from './dead-letter-intake.ts';
import type { DelayedMessages } from './delayed-messages.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { PartitionPorts } from './partition-ports.ts';
import type { BatchOutcomes } from './remote/batch-runner.ts';
import type { TimerQueue } from './timer-queue.ts';

/** Receives the effects of invocations: the partition implements it. */
export interface EffectTarget {
  nextSequence(): number;
  enqueue(message: Message): void;
  egress(egressId: string, envelope: Envelope, receivedAtMs: number | undefined): void;
}

export interface SettlementParts {
  readonly host: InvocationHost;
  readonly mailboxes: Mailboxes;
  readonly delayed: DelayedMessages;
  readonly deadlines: TimerQueue<Deadline>;
  readonly deadLetters: DeadLetterIntake;
  readonly group: CommitGroup;
  readonly effects: EffectTarget;
  readonly ports: Pick<PartitionPorts, 'stop'>;
}

/** Applies the ends of attempts: removes handled messages, applies effects, plans retries, and gives messages up. */
export class Settlement implements AttemptOutcomes, BatchOutcomes {
  /** The number of attempts since the start, by outcome. `skipped` counts messages given up by the policy `skip`. */
  readonly attempts = { succeeded: 0, failed: 0, skipped: 0 };
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  running(activation: Activation, message: PendingMessage): void {
    activation.status = 'running';
    this.#parts.mailboxes.block(message);
  }

  succeeded(activation: Activation, message: PendingMessage, attempt: Attempt): void {
    const effects = attempt.keep();
    this.#count(activation, 1);
    this.#finish(activation, message);
    this.#parts.mailboxes.release(activation);
    this.#apply(effects, activation.address, message.receivedAtMs);
  }

  /** Ends a batch that a remote function has handled. */
  answered(activation: Activation, messages: readonly PendingMessage[], effects: Effects): void {
    this.#count(activation, messages.length);
    for (const message of messages) this.#finish(activation, message);
    this.#parts.mailboxes.release(activation);
    this.#apply(effects, activation.address, messages[0]?.receivedAtMs);
  }

  failed(activation: Activation, message: PendingMessage, attempt: Attempt | undefined, thrown: unknown, nowMs: number): void {
    attempt?.discard();
    this.attempts.failed += 1;
    message.attempts += 1;
    const { function: registered } = activation;
    assertInvariant(registered.kind === 'class', 'attempts of remote functions are settled as batches');
    const { policy } = registered.definition;
    const error = toHandlerError(thrown);
    message.failure = failureOf(error, failureLengthMax);
    this.#parts.host.logger.warn('attempt failed', {
      address: formatAddress(activation.address),
      messageId: message.messageId,
      attempt: message.attempts,
      attemptsMax: policy.attemptsMax,
      error,
    });
    if (canRetry(error) && message.attempts < policy.attemptsMax)
      this.#retry(activation, message, nowMs + retryDelayMs(policy, message.attempts));
    else this.giveUp(activation, message, policy.onFailure, error);
  }

  giveUp(activation: Activation, message: PendingMessage, onFailure: OnFailure, error: Error): void {
    const { deadLetters, mailboxes, ports } = this.#parts;
    switch (onFailure) {
      case 'stop':
        // The message stays at its address, so the next start tries it again.
        activation.status = 'waiting';
        mailboxes.block(message);
        ports.stop(error);
        return;
      case 'skip':
        this.attempts.skipped += 1;
        break;
      case 'dead-letter':
        deadLetters.giveUpMessage(message, error);
        break;
    }
    this.#finish(activation, message);
    mailboxes.release(activation);
  }

  callFailed(): void {
    this.attempts.failed += 1;
  }

  /** The first message of the address waits until the time has come. */
  wait(activation: Activation, untilMs: number): void {
    const { deadlines, mailboxes } = this.#parts;
    activation.status = 'waiting';
    deadlines.add({ dueAt: untilMs, cancelled: false, act: () => mailboxes.release(activation) });
  }

  #count(activation: Activation, invocations: number): void {
    const group = this.#parts.group;
    this.attempts.succeeded += invocations;
    group.invocations += invocations;
    if (activation.remoteState?.dirty === true) group.changed(activation);
    this.#parts.mailboxes.addresses.recount(activation);
  }

  #retry(activation: Activation, message: PendingMessage, retryAt: number): void {
    message.retryAt = retryAt;
    this.#parts.group.retried(message);
    this.wait(activation, retryAt);
    this.#parts.mailboxes.block(message);
  }

  #finish(activation: Activation, message: PendingMessage): void {
    this.#parts.mailboxes.remove(activation, message);
    this.#parts.group.handled(message);
  }

  #apply(effects: Effects, sender: Address, receivedAtMs: number | undefined): void {
    const { delayed: pending, effects: to, group } = this.#parts;
    for (const message of effects.messages) to.enqueue(message);
    for (const effect of effects.delayed) {
      if (effect.kind === 'cancel') {
        for (const cancelled of pending.cancel(sender, effect.token)) group.delayedEnded(cancelled);
        continue;
      }
      const message = Message.of({ target: effect.target, caller: sender, envelope: effect.envelope });
      const { dueAt, token } = effect;
      group.delayed(pending.add({ message, sequence: to.nextSequence(), dueAt, token, stored: false }));
    }
    for (const { egressId, envelope } of effects.egressRecords) to.egress(egressId, envelope, receivedAtMs);
  }
}
