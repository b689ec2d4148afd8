import { StatefunError } from '../../shared/errors.ts';
import type { CommitGroup } from './commit-group.ts';
import type { DelayedMessages } from './delayed-messages.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { PendingMessage } from './activation.ts';

/** Chooses messages by sequence, by the function type of their target, or all when neither is named. */
export interface MessageChoice {
  readonly sequences?: ReadonlySet<number> | undefined;
  readonly functionTypes?: ReadonlySet<string> | undefined;
}

/** The parts of the partition that dropping changes. */
export interface DropParts {
  readonly mailboxes: Mailboxes;
  readonly delayed: DelayedMessages;
  readonly group: CommitGroup;
}

/**
 * Drops pending and delayed messages and returns their sequences. Throws MESSAGE_UNKNOWN, and drops none, when a named message does not exist.
 * The removal commits with the open group. The attempt of a dropped message is discarded. Messages of a running remote call stay, because the
 * other side may have handled them.
 */
export function dropMessages(choice: MessageChoice, { mailboxes, delayed, group }: DropParts): readonly number[] {
  ensureThere(choice, mailboxes, delayed);
  const dropped: number[] = [];
  for (const [activation, messages] of mailboxes.byAddress()) {
    const called = new Set(activation.call?.messages);
    const chosen = new Set(messages.filter((message) => !called.has(message) && isChosen(message, choice)));
    if (chosen.size === 0) continue;
    const wasRunning = activation.executor.drop(activation, chosen);
    for (const message of chosen) {
      group.handled(message);
      dropped.push(message.sequence);
    }
    mailboxes.drop(activation, chosen);
    if (wasRunning) mailboxes.release(activation);
  }
  for (const message of delayed.list()) {
    if (!isChosen({ target: message.message.target, sequence: message.sequence }, choice)) continue;
    delayed.drop(message);
    group.delayedEnded(message);
    dropped.push(message.sequence);
  }
  return dropped.sort((left, right) => left - right);
}

function ensureThere({ sequences = new Set() }: MessageChoice, mailboxes: Mailboxes, delayed: DelayedMessages): void {
  const missing = new Set(sequences);
  for (const messages of mailboxes.byAddress().values()) for (const { sequence } of messages) missing.delete(sequence);
  for (const { sequence } of delayed.list()) missing.delete(sequence);
  for (const sequence of missing) throw unknownMessage(String(sequence));
}

/** Returns the error for a message that does not exist. */
export function unknownMessage(id: string): StatefunError {
  return new StatefunError('MESSAGE_UNKNOWN', `there is no pending or delayed message ${id}.`, { facts: { id } });
}

function isChosen({ target, sequence }: Pick<PendingMessage, 'target' | 'sequence'>, { sequences, functionTypes }: MessageChoice): boolean {
  return (sequences?.has(sequence) ?? true) && (functionTypes?.has(target.type) ?? true);
}
