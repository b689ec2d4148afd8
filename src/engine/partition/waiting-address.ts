import { formatAddress } from '../../shared/address.ts';
import type { Activation, ActivationStatus } from './activation.ts';
import type { AttemptFailure } from './attempt-failure.ts';

/** An address that has not handled all its messages, and what the first of them waits for. */
export interface WaitingAddress {
  readonly address: string;
  readonly status: ActivationStatus;
  /** Its messages, the first included. */
  readonly messages: number;
  /** Failed attempts of the first. */
  readonly attempts: number;
  /** Why the last of them failed. */
  readonly failure: AttemptFailure | undefined;
  /** When it is tried again, in milliseconds since the epoch. */
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
