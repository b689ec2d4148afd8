import { defaultLimits, type EngineLimits } from '../engine/partition/limits.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { SettingDefinition } from './setting-definition.ts';

const messages = 'messages';
const records = 'records';
const count = { type: 'integer', min: 1 } as const;
const bytes = { type: 'bytes', min: 1 } as const;

/** The limits of the engine by their names in code; see engine/partition/limits.ts. A limit without a setting does not compile. */
const limits = {
  pendingMessagesMax: {
    ...count,
    unit: messages,
    text: 'Most messages that wait for a handler, a retry or a state read. At the limit the ingress waits.',
  },
  pendingBytesMax: {
    ...bytes,
    text: 'Most bytes of the payloads of messages that wait for a handler, a retry or a state read. At the limit the ingress waits.',
  },
  blockedMessagesMax: {
    ...count,
    unit: messages,
    text: 'Most messages that wait at blocked addresses of remote functions. They have a limit of their own, so that one slow endpoint does not block the others. At the limit the ingress waits.',
  },
  blockedBytesMax: {
    ...bytes,
    text: 'Most bytes of the payloads of messages that wait at blocked addresses of remote functions. At the limit the ingress waits.',
  },
  sentMessagesMax: {
    ...count,
    unit: messages,
    text: 'Most messages, delayed messages and egress records in memory that functions have sent. A handler that would exceed it fails. They take at most half of the heap, so a small heap allows fewer.',
  },
  sentBytesMax: {
    ...bytes,
    text: 'Most bytes of the payloads of messages and egress records in memory that functions have sent. A handler that would exceed it fails.',
  },
  insideInvocationsMax: {
    ...count,
    unit: 'invocations',
    text: 'Most invocations in a row that messages between functions lead to while records wait. Beyond it, one record is taken for every ten of them.',
  },
  ingressRecordsMax: {
    ...count,
    unit: records,
    text: 'Most records that an ingress has delivered and the engine has not taken. Higher smooths bursts; lower saves memory.',
  },
  ingressBytesMax: { ...bytes, text: 'Most bytes of the records that an ingress has delivered and the engine has not taken.' },
  outboxRecordsMax: {
    ...count,
    unit: records,
    text: 'Most committed egress records that are not acknowledged. At the limit the ingress waits.',
  },
  outboxBytesMax: {
    ...bytes,
    text: 'Most bytes of the payloads of committed egress records that are not acknowledged. At the limit the ingress waits.',
  },
  commitInvocationsMax: {
    ...count,
    unit: 'invocations',
    text: 'Most invocations in one commit. Lower shortens the pause in which a commit is collected.',
  },
  commitBytesMax: {
    ...bytes,
    text: 'Most bytes of state, messages and egress in one commit. At the limit the engine waits for the running commit.',
  },
  commitIntervalMs: {
    type: 'duration',
    min: 0,
    max: 60_000,
    text: 'Longest time between two commits under load; an idle engine commits at once. Higher writes fewer and larger frames; lower sends egress sooner.',
  },
  sliceMs: { type: 'duration', min: 0, max: 1_000, text: 'Longest time the engine works before the process handles input and output.' },
  liveAddressesMax: {
    ...count,
    unit: 'addresses',
    text: 'Most addresses kept in memory between messages; others are read from the store again. A heap below 400 MiB keeps one for each 8 KiB.',
  },
  liveStateBytesMax: {
    ...bytes,
    text: 'Most bytes of state kept in memory between messages, as estimated; at most an eighth of the heap.',
  },
  deadLettersMax: {
    ...count,
    min: 0,
    unit: 'dead letters',
    text: 'Most dead letters kept. Beyond it the oldest is removed, logged and counted.',
  },
  deadLetterBytesMax: { ...bytes, min: 0, text: 'Most bytes of the payloads of dead letters. Beyond it the oldest are removed.' },
  deadLetterAgeMsMax: { type: 'duration', min: 0, text: 'Time for which dead letters are kept.' },
} as const satisfies Readonly<Record<keyof EngineLimits, SettingDefinition>>;

/** The limits that are durations. Options and settings name them without a unit. */
type DurationLimit = 'commitIntervalMs' | 'sliceMs' | 'deadLetterAgeMsMax';

/** The limits of the engine that an application can set. Each is also a setting, see docs/configuration.md. */
export interface EngineLimitOptions extends Partial<Omit<EngineLimits, DurationLimit>> {
  /**
   * Longest time between two commits under load; an idle engine commits at once. Higher writes fewer and larger frames; lower sends egress
   * sooner.
   *
   * @defaultValue `'10ms'`
   */
  readonly commitInterval?: Duration;
  /** Longest time the engine works before the process handles input and output. @defaultValue `'4ms'` */
  readonly slice?: Duration;
  /** Time for which dead letters are kept. @defaultValue `'14d'` */
  readonly deadLetterAgeMax?: Duration;
}

/** The key of a limit: `engine.pending-messages-max` for `pendingMessagesMax`, `engine.slice` for `sliceMs`. */
export function limitKey(limit: keyof EngineLimits): string {
  return limitOptionKey(limit.replace(/Ms(?=Max$|$)/, ''));
}

/** The key of a limit as options name it: `engine.slice` for `slice`. */
export function limitOptionKey(option: string): string {
  return `engine.${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

// Safe: Object.keys returns the keys of the object above, typed as text.
export const limitNames = Object.keys(limits) as readonly (keyof EngineLimits)[];

export const engineSettings: readonly (readonly [string, SettingDefinition])[] = limitNames.map((name) => [
  limitKey(name),
  { ...limits[name], default: defaultLimits[name] },
]);
