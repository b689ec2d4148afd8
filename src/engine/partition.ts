import { retryDelayMs } from '../functions/failure-policy.ts';
import type { InvocationHost } from '../functions/invocation-host.ts';
import type { Attempt } from '../functions/invoke.ts';
import type { Effects } from '../functions/effects.ts';
import type { Message } from '../functions/message.ts';
import type { FunctionRegistry } from '../functions/registry.ts';
import { formatAddress, type Address } from '../shared/address.ts';
import { assertInvariant, StatefunError, toError } from '../shared/errors.ts';
import { AddressState } from '../state/address-state.ts';
import type { StateEntry } from '../state/state-entry.ts';
import type { Activation } from './activation.ts';
import { AttemptRunner, type Run } from './attempt-runner.ts';
import { CommitGroup, type Capture } from './commit-group.ts';
import type { DeadLetterDesk } from './dead-letter-desk.ts';
import { Deadlines } from './deadlines.ts';
import { DelayedMessages } from './delayed-messages.ts';
import type { EngineLimits } from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import { PendingMessage } from './pending-message.ts';

/** What the partition asks of its driver. The answers come back as calls of the partition, one step at a time. */
export interface PartitionPorts {
  /** Reads the state of an address: at once, or later through `stateRead`. */
  readState(activation: Activation): readonly StateEntry[] | undefined;
  /** An asynchronous handler has started; its end comes back through `settled`. */
  watch(run: Run, settling: Promise<void>): void;
  /** The policy of a function says that the engine stops. */
  stop(error: Error): void;
}

export interface PartitionOptions {
  readonly functions: FunctionRegistry;
  readonly host: InvocationHost;
  readonly ports: PartitionPorts;
  readonly limits: EngineLimits;
  readonly deadLetters: DeadLetterDesk;
  readonly instancePerMessage: boolean;
}

/**
 * The deterministic core: messages in, effects out, one message of an address at a time. It has no input or output, clock or random of its
 * own; everything that happens is a call, so that the same calls in the same order always end in the same state.
 *
 * E1. The messages of an address are handled one at a time, in the order they were enqueued; a failing one keeps its place.
 * E2. A failed attempt leaves no trace but its count.
 * E3. Effects of an invocation enter the group together with its state changes and the removal of its message.
 * E4. A send between functions never waits.
 */
export class Partition {
  readonly delayed = new DelayedMessages();
  readonly mailboxes: Mailboxes;
  readonly #options: PartitionOptions;
  readonly #runner: AttemptRunner;
  readonly #deadlines = new Deadlines();
  #group = new CommitGroup();
  #sequence = 0;
  #loading = 0;
  #attempts = { succeeded: 0, failed: 0, skipped: 0 };

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.mailboxes = new Mailboxes(options.functions, options.limits);
    this.#runner = new AttemptRunner(options.host, this.#deadlines, options.instancePerMessage, {
      succeeded: (activation, message, attempt) => this.#succeed(activation, message, attempt),
      failed: (activation, message, attempt, error, nowMs) => this.#fail(activation, message, attempt, error, nowMs),
      watch: (run, settling) => options.ports.watch(run, settling),
    });
  }

  /** The open group: the driver adds positions and acknowledgements, the desk of dead letters its letters. */
  get group(): CommitGroup {
    return this.#group;
  }

  /** Addresses whose state is being read. */
  get loading(): number {
    return this.#loading;
  }

  /** Asynchronous handlers that have not settled. */
  get running(): number {
    return this.#runner.running;
  }

  /** Asynchronous handlers since the start. */
  get handlersStarted(): number {
    return this.#runner.watched;
  }

  /** Attempts since the start, by outcome; `skipped` are messages given up by the policy `skip`. */
  get attempts(): { readonly succeeded: number; readonly failed: number; readonly skipped: number } {
    return this.#attempts;
  }

  /** When something becomes due, in milliseconds since the epoch; past the budget delayed messages wait for room, not for a time. */
  get nextDueAt(): number | undefined {
    const [deadline, delayed] = [this.#deadlines.nextDueAt, this.mailboxes.hasRoom ? this.delayed.nextDueAt : undefined];
    return deadline === undefined || (delayed !== undefined && delayed < deadline) ? delayed : deadline;
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  /** Later sequences are larger than this one: a commit holds it. */
  skipSequence(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** Puts a message into the mailbox of its target. */
  enqueue(message: Message, receivedAtMs: number | undefined): void {
    const pending = new PendingMessage(message, this.nextSequence(), receivedAtMs);
    if (this.#deliver(pending)) this.#group.arrived(pending);
  }

  /** Puts back a message that a commit holds. Called in the order of the sequences, before anything else. */
  restore(pending: PendingMessage, nowMs: number): void {
    this.skipSequence(pending.sequence);
    if (!this.#deliver(pending)) {
      this.#group.handled(pending);
    } else if (pending.retryAt !== undefined && pending.retryAt > nowMs) {
      const activation = this.mailboxes.activations.find(pending.target);
      if (activation?.mailbox.peek() === pending) this.#wait(activation, pending.retryAt);
    }
  }

  /** Puts back a delayed message that a commit holds. */
  restoreDelayed(message: Message, sequence: number, dueAt: number, token: string | undefined): void {
    this.skipSequence(sequence);
    this.delayed.add({ message, sequence, dueAt, token, stored: true });
  }

  /** Handles one message, or asks for what its address lacks. False when there is nothing to do. */
  step(nowMs: number): boolean {
    const activation = this.mailboxes.takeReady();
    if (activation === undefined) return false;
    const message = activation.mailbox.peek();
    if (activation.status !== 'idle' || message === undefined) return true;
    if (activation.state === undefined) {
      const entries = this.#options.ports.readState(activation);
      if (entries === undefined) {
        activation.status = 'loading';
        this.#loading += 1;
        return true;
      }
      if (!this.#setState(activation, message, entries, nowMs)) return true;
    }
    this.#runner.start(activation, message, nowMs);
    return true;
  }

  /** The state of an address has been read. */
  stateRead(activation: Activation, entries: readonly StateEntry[], nowMs: number): void {
    this.#loading -= 1;
    activation.status = 'idle';
    const message = activation.mailbox.peek();
    assertInvariant(message !== undefined, 'an address is read for a message');
    if (this.#setState(activation, message, entries, nowMs)) this.mailboxes.release(activation);
  }

  /** An asynchronous handler has settled; with a failure when it rejected. */
  settled(run: Run, nowMs: number, failure?: { readonly error: unknown }): void {
    this.#runner.settled(run, nowMs, failure);
  }

  /** See {@link AttemptRunner.abandon}. Their messages stay pending. */
  abandon(): void {
    this.#runner.abandon();
  }

  /** Lets what is due happen: time-outs and retries always, delayed messages while the budget lasts. */
  advance(nowMs: number): void {
    for (let due = this.#deadlines.takeDue(nowMs); due !== undefined; due = this.#deadlines.takeDue(nowMs)) due.act(nowMs);
    while (this.mailboxes.hasRoom) {
      const delayed = this.delayed.takeDue(nowMs);
      if (delayed === undefined) return;
      this.#group.delayedEnded(delayed);
      this.enqueue(delayed.message, undefined);
    }
  }

  /** Cuts: everything since the last cut goes into one commit. */
  capture(): Capture {
    const capture = this.#group.capture();
    this.#group = new CommitGroup();
    return capture;
  }

  /** The capture is durable. */
  committed(capture: Capture): void {
    for (const activation of capture.activations) activation.committing = false;
    this.mailboxes.activations.sweep();
  }

  #deliver(pending: PendingMessage): boolean {
    if (this.mailboxes.deliver(pending)) return true;
    const error = this.#options.host.unknownFunction(pending.target.type, `message ${pending.envelope.messageId} was waiting for it`);
    this.#options.deadLetters.giveUpMessage(pending, error);
    return false;
  }

  /** False when the entries cannot be understood: the message fails, the entries stay as they are. */
  #setState(activation: Activation, message: PendingMessage, entries: readonly StateEntry[], nowMs: number): boolean {
    try {
      activation.state = new AddressState(activation.function.cells, entries);
    } catch (error) {
      this.#fail(activation, message, undefined, error, nowMs);
      return false;
    }
    this.mailboxes.activations.recount(activation);
    return true;
  }

  #succeed(activation: Activation, message: PendingMessage, attempt: Attempt): void {
    const effects = attempt.keep();
    this.#attempts.succeeded += 1;
    this.#group.invocations += 1;
    if (activation.state?.dirty === true) {
      this.#group.changed(activation);
      this.mailboxes.activations.recount(activation);
    }
    this.#finish(activation, message);
    this.#apply(effects, activation.address, message.receivedAtMs);
  }

  #apply(effects: Effects, sender: Address, receivedAtMs: number | undefined): void {
    for (const { target, envelope } of effects.messages) this.enqueue({ target, caller: sender, envelope }, receivedAtMs);
    for (const effect of effects.delayed) {
      if (effect.kind === 'cancel') {
        const cancelled = this.delayed.cancel(sender, effect.token);
        if (cancelled !== undefined) this.#group.delayedEnded(cancelled);
        continue;
      }
      const message: Message = { target: effect.target, caller: sender, envelope: effect.envelope };
      const { dueAt, token } = effect;
      const delayed = this.delayed.add({ message, sequence: this.nextSequence(), dueAt, token, stored: false });
      this.#group.delayed(delayed);
    }
    for (const { egressId, envelope } of effects.egress) {
      this.#group.egress({ egressId, envelope, sequence: this.nextSequence(), receivedAtMs, recovered: false });
    }
  }

  #fail(activation: Activation, message: PendingMessage, attempt: Attempt | undefined, thrown: unknown, nowMs: number): void {
    attempt?.discard();
    activation.instance = undefined;
    this.#attempts.failed += 1;
    message.attempts += 1;
    const { policy } = activation.function.definition;
    const error = toError(thrown);
    this.#options.host.logger.warn('attempt failed', {
      address: formatAddress(activation.address),
      messageId: message.envelope.messageId,
      attempt: message.attempts,
      attemptsMax: policy.attemptsMax,
      error,
    });
    const canRetry = !(StatefunError.is(thrown) && thrown.outcome === 'give-up') && message.attempts < policy.attemptsMax;
    if (canRetry) this.#retry(activation, message, nowMs + retryDelayMs(policy, message.attempts));
    else this.#giveUp(activation, message, error);
  }

  #retry(activation: Activation, message: PendingMessage, retryAt: number): void {
    message.retryAt = retryAt;
    this.#group.retried(message);
    this.#wait(activation, retryAt);
  }

  #wait(activation: Activation, untilMs: number): void {
    activation.status = 'waiting';
    this.#deadlines.add({ dueAt: untilMs, cancelled: false, act: () => this.mailboxes.release(activation) });
  }

  #giveUp(activation: Activation, message: PendingMessage, error: Error): void {
    switch (activation.function.definition.policy.onFailure) {
      case 'stop':
        // The message stays where it is, so the next start tries it again.
        activation.status = 'waiting';
        this.#options.ports.stop(error);
        return;
      case 'skip':
        this.#attempts.skipped += 1;
        break;
      case 'dead-letter':
        this.#options.deadLetters.giveUpMessage(message, error);
        break;
    }
    this.#finish(activation, message);
  }

  #finish(activation: Activation, message: PendingMessage): void {
    this.mailboxes.remove(activation, message);
    this.#group.handled(message);
    this.mailboxes.release(activation);
  }
}
