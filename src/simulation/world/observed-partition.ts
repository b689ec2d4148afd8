import type { Activation, PendingMessage } from '../../engine/partition/activation.ts';
import type { Capture } from '../../engine/partition/commit-group.ts';
import type { Delayed } from '../../engine/partition/delayed-messages.ts';
import { Partition, type PartitionOptions } from '../../engine/partition/partition.ts';
import type { PartitionRun } from '../../engine/partition/partition-ports.ts';
import type { Message } from '../../functions/message.ts';
import { formatAddress } from '../../shared/address.ts';

/** How the partition finished with a message. */
export type MessageEnd = 'succeeded' | 'given up';

/** Receives everything that happens in a partition. */
export interface PartitionWatcher {
  /** A message has arrived and waits for its turn. */
  arrived(message: Message): void;
  /** A recovery has put a committed message back among those that wait. */
  restored(message: PendingMessage): void;
  /** A message was handled. `oldest` says whether it was the oldest that could be. */
  handled(oldest: boolean): void;
  /** No message can be handled. */
  paused(): void;
  /** A message has succeeded, or no attempt follows. */
  ended(message: PendingMessage, end: MessageEnd): void;
  delayedCancelled(delayed: Delayed): void;
  delayedFired(delayed: Delayed, nowMs: number): void;
  /** The recovery has put everything back. Called before anything else happens. */
  recovered(): void;
  captured(capture: Capture): void;
}

/** The partition of the engine, which reports everything that happens in it to a watcher. */
export class ObservedPartition extends Partition {
  /** Addresses that have handled a message. */
  readonly touched = new Set<string>();
  /** Types of remote functions whose calls have not returned. */
  readonly unanswered = new Map<PartitionRun, string>();
  readonly #watcher: PartitionWatcher;
  #recovered = false;

  constructor(options: PartitionOptions, watcher: PartitionWatcher) {
    const { ports } = options;
    super({ ...options, ports: { ...ports, watch: (run, settling) => ports.watch(run, this.#observe(run, settling)) } });
    this.#watcher = watcher;
    this.#observeMailboxes();
    this.#observeDelayed();
  }

  override enqueue(message: Message): void {
    const before = this.mailboxes.messages;
    super.enqueue(message);
    if (this.mailboxes.messages > before) this.#watcher.arrived(message);
  }

  override restore(pending: PendingMessage, nowMs: number): void {
    super.restore(pending, nowMs);
    this.#watcher.restored(pending);
  }

  override step(nowMs: number): Activation | undefined {
    const oldest = this.#oldest();
    const handled = super.step(nowMs);
    if (handled !== undefined) this.#watcher.handled(handled === oldest);
    else if (oldest === undefined) this.#watcher.paused();
    return handled;
  }

  override advance(nowMs: number): void {
    this.recoveryEnded();
    super.advance(nowMs);
  }

  /** Reports the end of the recovery, before the first record can leave and at the latest when the loop begins. */
  recoveryEnded(): void {
    if (this.#recovered) return;
    this.#recovered = true;
    this.#watcher.recovered();
  }

  override capture(): Capture {
    const capture = super.capture();
    this.#watcher.captured(capture);
    return capture;
  }

  /** Returns the address with the oldest message, of those that neither run a handler nor wait for another attempt. */
  #oldest(): Activation | undefined {
    let oldest: Activation | undefined;
    let sequence = Infinity;
    for (const [activation, [first]] of this.mailboxes.byAddress()) {
      if (activation.status === 'running' || activation.status === 'waiting') continue;
      if (first === undefined || first.sequence >= sequence) continue;
      oldest = activation;
      sequence = first.sequence;
    }
    return oldest;
  }

  /** Tracks the call of a remote function until it settles. Handlers of classes are tracked where they run. */
  #observe(run: PartitionRun, settling: Promise<void>): Promise<void> {
    if (run.kind !== 'remote') return settling;
    this.unanswered.set(run, run.remote.type);
    return settling.finally(() => this.unanswered.delete(run));
  }

  #observeMailboxes(): void {
    const { mailboxes } = this;
    const remove = mailboxes.remove.bind(mailboxes);
    let counted = this.attempts.succeeded;
    mailboxes.remove = (activation, message) => {
      remove(activation, message);
      // Successes are counted before their messages are removed.
      const end = this.attempts.succeeded > counted ? 'succeeded' : 'given up';
      if (end === 'succeeded') counted += 1;
      this.touched.add(formatAddress(message.target));
      this.#watcher.ended(message, end);
    };
  }

  #observeDelayed(): void {
    const { delayed } = this;
    const cancel = delayed.cancel.bind(delayed);
    const takeDue = delayed.takeDue.bind(delayed);
    delayed.cancel = (sender, token) => {
      const cancelled = cancel(sender, token);
      for (const delayedMessage of cancelled) this.#watcher.delayedCancelled(delayedMessage);
      return cancelled;
    };
    delayed.takeDue = (nowMs) => {
      const due = takeDue(nowMs);
      if (due !== undefined) this.#watcher.delayedFired(due, nowMs);
      return due;
    };
  }
}
