import type { Capture } from '../../engine/partition/commit-group.ts';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import type { Partition } from '../../engine/partition/partition.ts';
import { formatAddress, parseAddress } from '../../shared/address.ts';
import { letterName, stableText } from '../report/texts.ts';

/** Everything that a recovery has to bring back, besides the state of addresses, as texts to compare. */
export interface Contents {
  /** Messages by address, in order, with their failed attempts. */
  readonly pending: ReadonlyMap<string, string>;
  /** Delayed messages by id. */
  readonly delayed: ReadonlyMap<string, string>;
  /** Dead letters by the id they are kept under. */
  readonly letters: ReadonlyMap<string, string>;
  /** Records taken from the ingress since the first start. */
  readonly taken: number;
}

/** The contents that one commit makes durable. */
export interface Cut extends Contents {
  /** State of the addresses that have changed since the cut before. */
  readonly states: ReadonlyMap<string, string>;
  readonly egress: readonly { readonly egressId: string; readonly id: string }[];
  /** Number of egress records acknowledged since the start of this engine, by egress. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Messages handled successfully since the cut before. */
  readonly succeeded: readonly string[];
}

export const noContents: Contents = { pending: new Map(), delayed: new Map(), letters: new Map(), taken: 0 };

export function contentsOf(partition: Partition, letters: readonly DeadLetter[], taken: number): Contents {
  const pending = new Map<string, string>();
  for (const [{ address }, waiting] of partition.mailboxes.byAddress()) {
    const messages = Array.from(waiting, ({ messageId, attempts, retryAt }) => {
      const retry = attempts === 0 ? '' : ` (${attempts} failed, again at ${retryAt})`;
      return `${messageId}${retry}`;
    });
    pending.set(formatAddress(address), messages.join(', '));
  }
  const delayed = new Map<string, string>();
  for (const { message, dueAt, token } of partition.delayed.list()) {
    const id = message.messageId;
    delayed.set(id, `${delayed.get(id) ?? ''}to ${formatAddress(message.target)} at ${dueAt}, token ${token ?? 'none'};`);
  }
  return { pending, delayed, letters: new Map(letters.map((letter) => [letter.id, letterName(letter)])), taken };
}

/** Returns the state of the addresses that a capture writes, after their last successful invocations. */
export function statesOf({ changes }: Capture, { mailboxes }: Partition): ReadonlyMap<string, string> {
  const collections = new Set(changes.map(({ collection }) => collection).filter((collection) => collection.startsWith(statePrefix)));
  const names = Array.from(collections, (collection) => collection.slice(statePrefix.length));
  return new Map(names.map((name) => [name, stableText(mailboxes.addresses.find(parseAddress(name))?.held?.snapshot() ?? {})]));
}

const statePrefix = 'state/';
