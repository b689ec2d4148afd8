import type { InvocationHost } from '../../functions/invocation-host.ts';
import type { Message } from '../../functions/message.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { formatAddress } from '../../shared/address.ts';
import type { Activation } from './activation.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { BatchRunner } from './remote/batch-runner.ts';
import type { Capture, CommitGroup, OutboxRecord } from './commit-group.ts';
import type { DeadLetterIntake } from './dead-letter-intake.ts';
import { Deadlines } from './deadlines.ts';
import { DelayedMessages } from './delayed-messages.ts';
import { dropMessages, type MessageChoice } from './drop-messages.ts';
import type { EngineLimits } from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Held } from './message-budget.ts';
import type { PartitionPorts, PartitionRun } from './partition-ports.ts';
import { PendingMessage } from './pending-message.ts';
import { RemoteTypes } from './remote/remote-types.ts';
import { Settlement, type EffectTarget } from './settlement.ts';
import { StateLoading } from './state-loading.ts';
import { UncommittedEgress } from './uncommitted-egress.ts';

export interface PartitionOptions {
  readonly functions: FunctionRegistry;
  readonly host: InvocationHost;
  readonly ports: PartitionPorts;
  readonly limits: EngineLimits;
  /** Commits its dead letters with the same group. */
  readonly deadLetters: DeadLetterIntake;
  readonly group: CommitGroup;
}

/**
 * The deterministic core: messages in, effects out, one message of an address at a time. It has no input or output, clock or random of its
 * own; everything that happens is a call, so that the same calls in the same order always end in the same state.
 *
 * PARTITION-E1. The messages of an address are handled one at a time, in the order they were enqueued; a failing one keeps its place.
 * PARTITION-E2. A failed attempt leaves no trace but its count.
 * PARTITION-E3. Effects of an invocation enter the group together with its state changes and the removal of its message.
 * PARTITION-E4. A send between functions never waits.
 * PARTITION-E5. Messages of all addresses are begun in the order they were enqueued, also after a recovery: a message waits for the states
 *     that those before it need, and not for their asynchronous handlers, remote calls and further attempts.
 */
export class Partition implements EffectTarget {
  /** Holds everything since the last cut; positions and acknowledgements are added from outside. */
  readonly group: CommitGroup;
  readonly delayed: DelayedMessages;
  readonly mailboxes: Mailboxes;
  /** Reads the states of addresses. */
  readonly states: StateLoading;
  /** What is known about remote functions. */
  readonly remoteTypes: RemoteTypes;
  readonly #options: PartitionOptions;
  readonly #attempts: AttemptRunner;
  readonly #batches: BatchRunner;
  readonly #settlement: Settlement;
  readonly #deadlines = new Deadlines();
  readonly #egress = new UncommittedEgress();
  #sequence = 0;
  #resting = false;

  constructor(options: PartitionOptions) {
    const { functions, host, deadLetters, ports, group } = options;
    this.#options = options;
    this.group = group;
    // Functions elsewhere share their tokens with those of the same id, as in StateFun.
    this.delayed = new DelayedMessages((sender) => (functions.isRemote(sender.type) ? `*/${sender.id}` : formatAddress(sender)));
    this.mailboxes = new Mailboxes(functions, options.limits);
    this.remoteTypes = new RemoteTypes(host);
    const settlement = new Settlement({
      host,
      deadLetters,
      group,
      ports,
      mailboxes: this.mailboxes,
      delayed: this.delayed,
      deadlines: this.#deadlines,
      effects: this,
    });
    this.#settlement = settlement;
    this.states = new StateLoading({ mailboxes: this.mailboxes, remoteTypes: this.remoteTypes, settlement, ports });
    this.#attempts = new AttemptRunner(host, this.#deadlines, settlement, ports);
    this.#batches = new BatchRunner({
      host,
      group,
      types: this.remoteTypes,
      mailboxes: this.mailboxes,
      deadlines: this.#deadlines,
      outcomes: settlement,
      watcher: ports,
    });
  }

  /** Asynchronous handlers that have not settled, and calls that have not been answered. */
  get running(): number {
    return this.#attempts.running + this.#batches.running;
  }

  /** Asynchronous handlers and calls since the start. */
  get handlersStarted(): number {
    return this.#attempts.watched + this.#batches.started;
  }

  /** Attempts since the start, by outcome; `skipped` are messages given up by the policy `skip`. */
  get attempts(): { readonly succeeded: number; readonly failed: number; readonly skipped: number } {
    return this.#settlement.attempts;
  }

  /** When something becomes due, in milliseconds since the epoch; past the budget delayed messages wait for room, not for a time. */
  get nextDueAt(): number | undefined {
    const [deadline, delayed] = [this.#deadlines.nextDueAt, this.#takesDelayed ? this.delayed.nextDueAt : undefined];
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
  enqueue(message: Message): void {
    const pending = new PendingMessage(message, this.nextSequence());
    if (this.#deliver(pending)) this.group.arrived(pending);
  }

  /** An egress record: it leaves once it is durable. */
  egress(record: OutboxRecord): void {
    this.group.egress(record);
    this.#egress.add(record);
  }

  /** Puts back a message that a commit holds. Called in the order of the sequences, before anything else. */
  restore(pending: PendingMessage, nowMs: number): void {
    this.skipSequence(pending.sequence);
    if (!this.#deliver(pending)) {
      this.group.handled(pending);
    } else if (pending.retryAt !== undefined && pending.retryAt > nowMs) {
      const activation = this.mailboxes.addresses.find(pending.target);
      if (activation?.mailbox.peek() === pending) this.#settlement.wait(activation, pending.retryAt);
    }
  }

  /** Puts back a delayed message that a commit holds. */
  restoreDelayed(message: Message, sequence: number, dueAt: number, token: string | undefined): void {
    this.skipSequence(sequence);
    this.delayed.add({ message, sequence, dueAt, token, stored: true });
  }

  /**
   * Handles the oldest message that can be handled, and returns its address; undefined when there is none, or the state of its address has
   * to be read first.
   */
  step(nowMs: number): Activation | undefined {
    const { ready } = this.mailboxes;
    const activation = this.#resting ? undefined : ready.first;
    const message = activation?.mailbox.peek();
    if (activation === undefined || message === undefined || activation.status === 'loading') return undefined;
    if (activation.held === undefined && !this.states.read(activation, nowMs)) return undefined;
    // What its state is made of may not be understood.
    if (activation.held === undefined) return activation;
    ready.removeFirst();
    const { function: registered } = activation;
    if (registered.kind === 'class') this.#attempts.start(activation, message, nowMs);
    else this.#batches.start(activation, registered, nowMs);
    return activation;
  }

  /** Whether a message can be handled now. */
  get canHandle(): boolean {
    return !this.#resting && this.mailboxes.ready.first?.status === 'idle';
  }

  /** No further message is handled, and no delayed one arrives: what is there stays pending. What has been started may end. */
  rest(): void {
    this.#resting = true;
  }

  /** Messages and egress records in memory; those that the outbox has are not among them. */
  get held(): Held {
    const { mailboxes, delayed } = this;
    return {
      count: mailboxes.messages + delayed.size + this.#egress.count,
      bytes: mailboxes.bytes + delayed.bytes + this.#egress.bytes,
    };
  }

  get resting(): boolean {
    return this.#resting;
  }

  /** Whether the oldest message waits for the state of its address: nothing else is handled before it. */
  get reading(): boolean {
    return this.mailboxes.ready.first?.status === 'loading';
  }

  /** An asynchronous handler has settled, or a call has been answered; with a failure when it rejected. */
  settled(run: PartitionRun, nowMs: number, failure?: { readonly error: unknown }): void {
    if (run.kind === 'handler') this.#attempts.settled(run, nowMs, failure);
    else this.#batches.settled(run, nowMs, failure);
  }

  /** See {@link dropMessages}. */
  drop(choice: MessageChoice): readonly number[] {
    const { mailboxes, delayed } = this;
    return dropMessages(choice, { mailboxes, delayed, attempts: this.#attempts, group: this.group });
  }

  /** See {@link AttemptRunner.abandon}. Their messages stay pending. */
  abandon(): void {
    this.#attempts.abandon();
    this.#batches.abandon();
  }

  /** Lets what is due happen: time-outs and retries always, delayed messages while the budget lasts. */
  advance(nowMs: number): void {
    for (let due = this.#deadlines.takeDue(nowMs); due !== undefined; due = this.#deadlines.takeDue(nowMs)) due.act(nowMs);
    while (this.#takesDelayed) {
      const delayed = this.delayed.takeDue(nowMs);
      if (delayed === undefined) return;
      this.group.delayedEnded(delayed);
      this.enqueue(delayed.message);
    }
  }

  /** Cuts: everything since the last cut goes into one commit. */
  capture(): Capture {
    return this.group.capture();
  }

  /** The capture is durable. */
  committed(capture: Capture): void {
    for (const activation of capture.activations) activation.committing = false;
    this.#egress.released(capture.outbox);
    this.mailboxes.addresses.sweep();
  }

  get #takesDelayed(): boolean {
    return !this.#resting && this.mailboxes.hasRoom;
  }

  #deliver(pending: PendingMessage): boolean {
    const activation = this.mailboxes.deliver(pending);
    if (activation?.function.kind === 'remote') this.#batches.arrived(activation, activation.function);
    if (activation !== undefined) return true;
    const error = this.#options.host.unknownFunction(pending.target.type, `message ${pending.envelope.messageId} was waiting for it`);
    this.#options.deadLetters.giveUpMessage(pending, error);
    return false;
  }
}
