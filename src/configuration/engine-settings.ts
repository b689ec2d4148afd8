import { defaultLimits, type EngineLimits } from '../engine/partition/limits.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { SettingDefinition } from './setting-definition.ts';

const messages = 'messages';
const records = 'records';
const count = { type: 'integer', min: 1 } as const;
const bytes = { type: 'bytes', min: 1 } as const;

/** The limits of the engine by their names in code; see engine/limits.ts. A limit without a setting does not compile. */
const limits = {
  pendingMessagesMax: {
    ...count,
    unit: messages,
    text: 'Messages waiting for a handler, a retry or a state read. At the limit the ingress waits.',
  },
  pendingBytesMax: { ...bytes, text: 'Payloads of the messages that wait. At the limit the ingress waits.' },
  blockedMessagesMax: {
    ...count,
    unit: messages,
    text: 'Messages that wait at blocked addresses of remote functions: one slow endpoint does not keep the others waiting. At the limit the ingress waits.',
  },
  blockedBytesMax: { ...bytes, text: 'Payloads of the messages that wait at blocked addresses of remote functions.' },
  sentMessagesMax: {
    ...count,
    unit: messages,
    text: 'Messages, delayed messages and egress records that functions have sent and that are in memory. A handler that would pass it fails. They may take half of the heap at most, so a small heap allows fewer.',
  },
  sentBytesMax: { ...bytes, text: 'Payloads of what functions have sent and is in memory. A handler that would pass it fails.' },
  insideInvocationsMax: {
    ...count,
    unit: 'invocations',
    text: 'Invocations in a row that messages between functions may lead to while records wait. Beyond, one record is taken for every ten of them.',
  },
  ingressRecordsMax: {
    ...count,
    unit: records,
    text: 'Records an ingress has delivered and the engine has not taken. Higher smooths bursts, lower saves memory.',
  },
  ingressBytesMax: { ...bytes, text: 'Data of the records an ingress has delivered and the engine has not taken.' },
  outboxRecordsMax: {
    ...count,
    unit: records,
    text: 'Committed egress records that the outside has not acknowledged. At the limit the ingress waits.',
  },
  outboxBytesMax: { ...bytes, text: 'Payloads of committed egress records that the outside has not acknowledged.' },
  commitInvocationsMax: {
    ...count,
    unit: 'invocations',
    text: 'Invocations in one commit. Lower shortens the pause in which a commit is gathered.',
  },
  commitBytesMax: {
    ...bytes,
    text: 'State, messages and egress gathered for one commit before the engine waits for the commit under way.',
  },
  commitIntervalMs: {
    type: 'duration',
    min: 0,
    max: 60_000,
    text: 'Longest time between two commits under load; an idle engine commits at once. Higher writes fewer and larger frames, lower lets egress leave sooner.',
  },
  sliceMs: { type: 'duration', min: 0, max: 1_000, text: 'Longest time the engine works before it lets input and output happen.' },
  liveAddressesMax: {
    ...count,
    unit: 'addresses',
    text: 'Addresses kept in memory between messages; others are read from the store again. A heap below 400 MiB keeps one for every 8 KiB of it.',
  },
  liveStateBytesMax: { ...bytes, text: 'State kept in memory between messages, as estimated; at most an eighth of the heap.' },
  deadLettersMax: {
    ...count,
    min: 0,
    unit: 'dead letters',
    text: 'Dead letters kept; beyond it the oldest is dropped, logged and counted.',
  },
  deadLetterBytesMax: { ...bytes, min: 0, text: 'Payloads of the dead letters kept.' },
  deadLetterAgeMsMax: { type: 'duration', min: 0, text: 'How long dead letters are kept.' },
} as const satisfies Readonly<Record<keyof EngineLimits, SettingDefinition>>;

/** The limits that are durations: options and settings name them without a unit. */
type DurationLimit = 'commitIntervalMs' | 'sliceMs' | 'deadLetterAgeMsMax';

/** The limits of the engine, as an application gives them. Each is also a setting, see docs/configuration.md. */
export interface EngineLimitOptions extends Partial<Omit<EngineLimits, DurationLimit>> {
  /**
   * Longest time between two commits under load; an idle engine commits at once. Higher writes fewer and larger frames, lower lets egress
   * leave sooner.
   *
   * @defaultValue `'10ms'`
   */
  readonly commitInterval?: Duration;
  /** Longest time the engine works before it lets input and output happen. @defaultValue `'4ms'` */
  readonly slice?: Duration;
  /** How long dead letters are kept. @defaultValue `'14d'` */
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

// Object.keys answers with text; these are the keys of the object above.
export const limitNames = Object.keys(limits) as readonly (keyof EngineLimits)[];

export const engineSettings: readonly (readonly [string, SettingDefinition])[] = limitNames.map((name) => [
  limitKey(name),
  { ...limits[name], default: defaultLimits[name] },
]);
