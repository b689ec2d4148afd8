import type { PendingMessage } from '../pending-message.ts';

/** A batch of messages of one address, from its first attempt until it has an answer or is given up. */
export interface RemoteCall {
  readonly messages: readonly PendingMessage[];
  /** Undefined until it begins: time in which the other side is not there is waited out. */
  budgetEndsAt: number | undefined;
  /** When its next attempt is due; the time by which the engine is late does not count towards the budget. */
  dueAt: number | undefined;
  attempts: number;
  /** Answers that ask for states. */
  incompleteAnswers: number;
}
