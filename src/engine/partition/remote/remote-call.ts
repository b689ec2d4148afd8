import type { PendingMessage } from '../pending-message.ts';

/** A batch of messages of one address, from its first attempt until it has a response or is given up. */
export interface RemoteCall {
  readonly messages: readonly PendingMessage[];
  /** End of the time budget; undefined until it starts. Time in which the other side is unavailable does not count. */
  budgetEndsAt: number | undefined;
  /** Due time of the next attempt. A delay by the engine does not count towards the budget. */
  dueAt: number | undefined;
  attempts: number;
  /** The number of responses that request states. */
  incompleteAnswers: number;
}
