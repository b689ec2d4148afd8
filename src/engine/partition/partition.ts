import type { Envelope } from '../../envelope/envelope.ts';
import type { InvocationHost } from '../../functions/invocation-host.ts';
import type { Message } from '../../functions/message.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { formatAddress } from '../../shared/address.ts';
import { PendingMessage, type Activation } from './activation.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { BatchRunner } from './remote/batch-runner.ts';
import type { Capture, CommitGroup } from './commit-group.ts';
import type { DeadLetterIntake } from './dead-letter-intake.ts';
import { Deadlines } from './deadlines.ts';
import { DelayedMessages } from './delayed-messages.ts';
import { dropMessages, type MessageChoice } from './drop-messages.ts';
import type { EngineLimits } from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Held } from './message-budget.ts';
import type { PartitionPorts } from './partition-ports.ts';
import { RemoteTypes } from './remote/remote-types.ts';
import { Settlement, type EffectTarget } from './settlement.ts';
import { StateLoading } from './state-loading.ts';

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
 * The deterministic core: takes messages, returns effects, and handles one message of an address at a time. It has no input, output, clock or
 * random of its own. Everything that happens is a call, so the same calls in the same order always lead to the same state.
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
  #sequence = 0;
  #resting = false;

  constructor(options: PartitionOptions) {
    const { functions, host, deadLetters, ports, group } = options;
    this.#options = options;
    this.group = group;
    // Remote functions share their tokens with those of the same id, as in StateFun.
    this.delayed = new DelayedMessages((sender) => (functions.isRemote(sender.type) ? `*/${sender.id}` : formatAddress(sender)));
    this.mailboxes = new Mailboxes(
      {
        find: (type) => functions.find(type),
        executorOf: ({ kind }) => (kind === 'class' ? this.#attempts : this.#batches),
      },
      options.limits,
    );
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
    this.states = new StateLoading({ mailboxes: this.mailboxes, ports });
    this.#attempts = new AttemptRunner({ host, deadlines: this.#deadlines, outcomes: settlement, watcher: ports, changes: group.state });
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

  /** The number of asynchronous handlers that have not settled and of calls without a response. */
  get running(): number {
    return this.#attempts.running + this.#batches.running;
  }

  /** The number of asynchronous handlers and calls since the start. */
  get handlersStarted(): number {
    return this.#attempts.started + this.#batches.started;
  }

  /** The number of attempts since the start, by outcome. `skipped` counts messages given up by the policy `skip`. */
  get attempts(): { readonly succeeded: number; readonly failed: number; readonly skipped: number } {
    return this.#settlement.attempts;
  }

  /** Time at which something becomes due, in milliseconds since the epoch. Past the budget, delayed messages wait for room, not for a time. */
  get nextDueAt(): number | undefined {
    const [deadline, delayed] = [this.#deadlines.nextDueAt, this.#takesDelayed ? this.delayed.nextDueAt : undefined];
    return deadline === undefined || (delayed !== undefined && delayed < deadline) ? delayed : deadline;
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  /** Makes later sequences larger than this one, which a commit holds. */
  skipSequence(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** Puts a message at the end of those that wait. */
  enqueue(message: Message): void {
    const pending = PendingMessage.from(message);
    pending.sequence = this.nextSequence();
    if (this.#deliver(pending)) this.group.arrived(pending);
  }

  /** Adds an egress record to the group. It leaves once it is durable. */
  egress(egressId: string, envelope: Envelope, receivedAtMs: number | undefined): void {
    this.group.egress(egressId, envelope, receivedAtMs);
  }

  /** Restores a message that a commit holds. Called in the order of the sequences, before anything else. */
  restore(pending: PendingMessage, nowMs: number): void {
    this.skipSequence(pending.sequence);
    if (!this.#deliver(pending)) {
      this.group.handled(pending);
    } else if (pending.retryAt !== undefined && pending.retryAt > nowMs) {
      const { activation } = pending;
      if (activation?.pending === 1) this.#settlement.wait(activation, pending.retryAt);
    }
  }

  /** Restores a delayed message that a commit holds. */
  restoreDelayed(message: Message, sequence: number, dueAt: number, token: string | undefined): void {
    this.skipSequence(sequence);
    this.delayed.add({ message, sequence, dueAt, token, stored: true });
  }

  /**
   * Handles the oldest message that can be handled, and returns its address. Returns undefined when there is none, or when the state of its
   * address has to be read first.
   */
  step(nowMs: number): Activation | undefined {
    const { mailboxes } = this;
    const message = this.#resting ? undefined : mailboxes.first;
    const activation = message?.activation;
    if (activation === undefined || message === undefined || activation.status === 'loading') return undefined;
    if (activation.held === undefined && !this.states.read(activation, nowMs)) return undefined;
    // The state could not be decoded, and the message has failed.
    if (activation.held === undefined) return activation;
    mailboxes.take(message);
    activation.executor.start(activation, message, nowMs);
    return activation;
  }

  /** Whether a message can be handled now. */
  get canHandle(): boolean {
    return !this.#resting && this.mailboxes.first?.activation?.status === 'idle';
  }

  /** Handles no further message and lets no delayed message arrive: they stay pending. Running handlers may end. */
  rest(): void {
    this.#resting = true;
  }

  /** Messages and egress records in memory, except the records in the outbox. */
  get held(): Held {
    const { mailboxes, delayed } = this;
    const { uncommitted } = this.group.outbox;
    return {
      count: mailboxes.messages + delayed.size + uncommitted.count,
      bytes: mailboxes.bytes + delayed.bytes + uncommitted.bytes,
    };
  }

  get resting(): boolean {
    return this.#resting;
  }

  /** Whether the oldest message waits for the state of its address. Nothing else is handled before it. */
  get reading(): boolean {
    return this.mailboxes.first?.activation?.status === 'loading';
  }

  /** Drops messages; see {@link dropMessages}. */
  drop(choice: MessageChoice): readonly number[] {
    const { mailboxes, delayed } = this;
    return dropMessages(choice, { mailboxes, delayed, group: this.group });
  }

  /** Abandons all running handlers and calls. Their messages stay pending. */
  abandon(): void {
    this.#attempts.abandon();
    this.#batches.abandon();
  }

  /** Executes everything that is due: time-outs and retries always, delayed messages while the budget lasts. */
  advance(nowMs: number): void {
    for (let due = this.#deadlines.takeDue(nowMs); due !== undefined; due = this.#deadlines.takeDue(nowMs)) due.act(nowMs);
    while (this.#takesDelayed) {
      const delayed = this.delayed.takeDue(nowMs);
      if (delayed === undefined) return;
      this.group.delayedEnded(delayed);
      this.enqueue(delayed.message);
    }
  }

  /** Cuts: returns everything since the last cut, for one commit. */
  capture(): Capture {
    return this.group.capture(this.mailboxes.takeUnstored());
  }

  /** Marks a capture as durable. */
  committed(capture: Capture): void {
    for (const activation of capture.activations) activation.committing = false;
    this.group.outbox.committed(capture.outbox);
    this.group.state.committed();
    this.mailboxes.addresses.sweep();
  }

  get #takesDelayed(): boolean {
    return !this.#resting && this.mailboxes.hasRoom;
  }

  #deliver(pending: PendingMessage): boolean {
    if (this.mailboxes.deliver(pending) !== undefined) return true;
    const error = this.#options.host.unknownFunction(pending.target.type, `message ${pending.messageId} was waiting for it`);
    this.#options.deadLetters.giveUpMessage(pending, error);
    return false;
  }
}
