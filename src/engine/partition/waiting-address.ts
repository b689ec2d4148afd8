import { formatAddress } from '../../shared/address.ts';
import type { Activation, ActivationStatus, PendingMessage } from './activation.ts';
import type { AttemptFailure } from './attempt-failure.ts';
import type { Mailboxes } from './mailboxes.ts';

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

function waitingAddress({ address, status, call }: Activation, messages: readonly PendingMessage[]): WaitingAddress {
  const [first] = messages;
  return {
    address: formatAddress(address),
    status,
    messages: messages.length,
    attempts: (first?.attempts ?? 0) + (call?.attempts ?? 0),
    failure: first?.failure,
    retryAt: call?.dueAt ?? first?.retryAt,
  };
}

/** Returns the addresses that have not handled all their messages. */
export function waitingAddresses(mailboxes: Mailboxes): readonly WaitingAddress[] {
  return Array.from(mailboxes.byAddress(), ([activation, messages]) => waitingAddress(activation, messages));
}
