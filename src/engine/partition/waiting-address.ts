import { formatAddress } from '../../shared/address.ts';
import type { Activation, ActivationStatus } from './activation.ts';
import type { AttemptFailure } from './attempt-failure.ts';

/** An address that has not handled all its messages, and the reason why its first message waits. */
export interface WaitingAddress {
  readonly address: string;
  readonly status: ActivationStatus;
  /** The number of its messages, including the first. */
  readonly messages: number;
  /** The number of failed attempts of the first message. */
  readonly attempts: number;
  /** The failure of the last attempt. */
  readonly failure: AttemptFailure | undefined;
  /** Time of the next attempt, in milliseconds since the epoch. */
  readonly retryAt: number | undefined;
}

export function waitingAddress({ address, status, mailbox, call }: Activation): WaitingAddress {
  const first = mailbox.peek();
  return {
    address: formatAddress(address),
    status,
    messages: mailbox.length,
    attempts: (first?.attempts ?? 0) + (call?.attempts ?? 0),
    failure: first?.failure,
    retryAt: call?.dueAt ?? first?.retryAt,
  };
}
