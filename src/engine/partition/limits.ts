/** The limits of the engine. When one of the first group is reached, the ingress waits; nothing is dropped. */
export interface EngineLimits {
  /** Messages waiting for a handler, a retry or a state read. @defaultValue 10_000 */
  readonly pendingMessagesMax: number;
  /** Payloads of waiting messages, in bytes. @defaultValue 64 MiB */
  readonly pendingBytesMax: number;
  /**
   * Messages that wait at blocked addresses: those of remote functions with a full batch waiting behind the current one. They do not count as
   * pending, so one slow endpoint does not make all others wait. @defaultValue 100_000
   */
  readonly blockedMessagesMax: number;
  /** Payloads of messages at blocked addresses, in bytes. @defaultValue 256 MiB */
  readonly blockedBytesMax: number;
  /**
   * Messages, delayed messages and egress records sent by functions that are in memory, including those of running handlers.
   * A handler that would pass the limit fails. With a heap of less than about 4 GiB less is allowed: they may take half of it.
   *
   * @defaultValue 1_000_000
   */
  readonly sentMessagesMax: number;
  /** Payloads of messages and records sent by functions, in bytes. @defaultValue 512 MiB */
  readonly sentBytesMax: number;
  /**
   * Invocations in a row that messages between functions may lead to while records wait. Beyond, functions count as messaging each other
   * without end: one record is taken for every ten invocations. Lower lets records in sooner, and gives up their order sooner.
   *
   * @defaultValue 100_000
   */
  readonly insideInvocationsMax: number;
  /** Records an ingress has delivered and the engine has not taken. Higher smooths bursts, lower saves memory. @defaultValue 2_000 */
  readonly ingressRecordsMax: number;
  /** Data of records that the engine has not taken, in bytes. @defaultValue 16 MiB */
  readonly ingressBytesMax: number;
  /** Committed egress records that the outside has not acknowledged. @defaultValue 50_000 */
  readonly outboxRecordsMax: number;
  /** Payloads of egress records in the outbox, in bytes. @defaultValue 128 MiB */
  readonly outboxBytesMax: number;
  /** Invocations in one commit. Lower shortens the pause in which a commit is gathered. @defaultValue 20_000 */
  readonly commitInvocationsMax: number;
  /**
   * State, messages and egress gathered for one commit, in bytes, before the engine waits for the current commit. The commit may hold that much
   * and one invocation more.
   *
   * @defaultValue 96 MiB
   */
  readonly commitBytesMax: number;

  /**
   * Longest time between two commits under load, in milliseconds; an idle engine commits at once. Higher writes fewer and larger frames,
   * lower lets egress leave sooner.
   *
   * @defaultValue 10
   */
  readonly commitIntervalMs: number;
  /** Longest time the engine works before it lets input and output happen, in milliseconds. @defaultValue 4 */
  readonly sliceMs: number;
  /** Addresses kept in memory between messages; others are read from the store again. A heap below 400 MiB keeps one for every 8 KiB of it. @defaultValue 50_000 */
  readonly liveAddressesMax: number;
  /** Their state, in bytes, as estimated; at most an eighth of the heap. @defaultValue 256 MiB */
  readonly liveStateBytesMax: number;
  /** Dead letters kept; beyond it the oldest is dropped, logged and counted. @defaultValue 10_000 */
  readonly deadLettersMax: number;
  /** Payloads of dead letters kept, in bytes. @defaultValue 64 MiB */
  readonly deadLetterBytesMax: number;
  /** Longest time that a dead letter is kept, in milliseconds. @defaultValue 14 days */
  readonly deadLetterAgeMsMax: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: EngineLimits = {
  pendingMessagesMax: 10_000,
  pendingBytesMax: 64 * mebibyte,
  blockedMessagesMax: 100_000,
  blockedBytesMax: 256 * mebibyte,
  sentMessagesMax: 1_000_000,
  sentBytesMax: 512 * mebibyte,
  insideInvocationsMax: 100_000,
  ingressRecordsMax: 2_000,
  ingressBytesMax: 16 * mebibyte,
  outboxRecordsMax: 50_000,
  outboxBytesMax: 128 * mebibyte,
  commitInvocationsMax: 20_000,
  commitBytesMax: 96 * mebibyte,
  commitIntervalMs: 10,
  sliceMs: 4,
  liveAddressesMax: 50_000,
  liveStateBytesMax: 256 * mebibyte,
  deadLettersMax: 10_000,
  deadLetterBytesMax: 64 * mebibyte,
  deadLetterAgeMsMax: 14 * 24 * 3_600_000,
};
