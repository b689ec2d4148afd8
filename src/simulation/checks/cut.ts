import type { Capture } from '../../engine/partition/commit-group.ts';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import type { Partition } from '../../engine/partition/partition.ts';
import { formatAddress } from '../../shared/address.ts';
import { letterName, stableText } from '../report/texts.ts';

/** What is there at an instant, besides the state of addresses: everything a recovery has to bring back, as texts to compare. */
export interface Standing {
  /** Messages by address, in order, with their failed attempts. */
  readonly pending: ReadonlyMap<string, string>;
  /** Delayed messages by id. */
  readonly delayed: ReadonlyMap<string, string>;
  /** Dead letters by the id they are kept under. */
  readonly letters: ReadonlyMap<string, string>;
  /** Records taken from the ingress since the first start. */
  readonly taken: number;
}

/** What a commit makes durable. */
export interface Cut extends Standing {
  /** State of the addresses that have changed since the cut before. */
  readonly states: ReadonlyMap<string, string>;
  readonly egress: readonly { readonly egressId: string; readonly id: string }[];
  /** How many egress records have been acknowledged since the start of this engine, by egress. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Messages handled successfully since the cut before. */
  readonly succeeded: readonly string[];
}

export const nothingStands: Standing = { pending: new Map(), delayed: new Map(), letters: new Map(), taken: 0 };

export function standingOf(partition: Partition, letters: readonly DeadLetter[], taken: number): Standing {
  const pending = new Map<string, string>();
  for (const [{ address }, waiting] of partition.mailboxes.byAddress()) {
    const messages = Array.from(waiting, ({ envelope, attempts, retryAt }) => {
      const retry = attempts === 0 ? '' : ` (${attempts} failed, again at ${retryAt})`;
      return `${envelope.messageId}${retry}`;
    });
    pending.set(formatAddress(address), messages.join(', '));
  }
  const delayed = new Map<string, string>();
  for (const { message, dueAt, token } of partition.delayed.list()) {
    const id = message.envelope.messageId ?? '';
    delayed.set(id, `${delayed.get(id) ?? ''}to ${formatAddress(message.target)} at ${dueAt}, token ${token ?? 'none'};`);
  }
  return { pending, delayed, letters: new Map(letters.map((letter) => [letter.id, letterName(letter)])), taken };
}

/** The state of the addresses a capture writes, as their last successful invocations left it. */
export function statesOf({ activations }: Capture): ReadonlyMap<string, string> {
  return new Map(activations.map(({ address, held }) => [formatAddress(address), stableText(held?.snapshot() ?? {})]));
}
