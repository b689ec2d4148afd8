import type { DelayedSend } from '../../functions/remote/invocation-batch.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import { jobFails } from './job-fails.ts';

interface Pending {
  readonly sender: Address;
  readonly target: Address;
  readonly argument: TypedValue;
  readonly cancellationToken: string | undefined;
  readonly delayMs: number;
  readonly dueAt: number;
}

/** The delayed messages of a cluster. A cancellation token belongs to the id of its sender, whatever its type, as in Flink. */
export class ClusterDelays {
  readonly #clock: Clock;
  #pending: Pending[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(sender: Address, { target, argument, cancellationToken, delayMs }: DelayedSend): void {
    if (cancellationToken !== undefined && this.#find(sender, cancellationToken) !== undefined) {
      throw jobFails(`${formatAddress(sender)} uses the cancellation token "${cancellationToken}" while it is pending.`);
    }
    this.#pending.push({ sender, target, argument, cancellationToken, delayMs, dueAt: this.#clock.now() + delayMs });
  }

  cancel(sender: Address, cancellationToken: string): void {
    const found = this.#find(sender, cancellationToken);
    this.#pending = this.#pending.filter((pending) => pending !== found);
  }

  get nextDueAt(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.#pending) if (next === undefined || dueAt < next) next = dueAt;
    return next;
  }

  /** Removes and returns the messages that are due, in the order in which they were sent. */
  take(): readonly Pending[] {
    const due = this.#pending.filter(({ dueAt }) => dueAt <= this.#clock.now());
    this.#pending = this.#pending.filter((pending) => !due.includes(pending));
    return due;
  }

  list(): readonly Pending[] {
    return this.#pending;
  }

  #find(sender: Address, cancellationToken: string): Pending | undefined {
    return this.#pending.find((pending) => pending.sender.id === sender.id && pending.cancellationToken === cancellationToken);
  }
}
