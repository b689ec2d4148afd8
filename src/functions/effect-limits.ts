import type { Envelope } from '../envelope/envelope.ts';
import { addressIdBytesMax, isTextWithin } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';

/** Largest payload of an event, in bytes of its JSON. A store keeps each message as one value. */
export const messageBytesMax = 16 * 1024 * 1024;

/** Most messages, delayed messages and egress records of one invocation. */
export const effectsMax = 1_000_000;

/** Most payload bytes of one invocation's effects. An invocation is committed as a whole. */
export const effectBytesMax = 64 * 1024 * 1024;

/** Longest cancellation token of a delayed message, in UTF-8 bytes. It equals the longest id, so that every id can be a token. */
export const cancellationTokenBytesMax = addressIdBytesMax;

/** Throws DELAY_TOKEN_INVALID for a cancellation token that is not a text, or too long. */
export function ensureCancellationToken(token: unknown): string {
  if (isTextWithin(token, cancellationTokenBytesMax)) return token;
  const what = typeof token === 'string' ? `a text of ${Buffer.byteLength(token)} bytes` : describe(token);
  throw new StatefunError('DELAY_TOKEN_INVALID', `${what} cannot be the cancellation token of a delayed message.`, {
    facts: { tokenBytesMax: cancellationTokenBytesMax },
  });
}

/**
 * Returns the bytes of a payload. The count of an envelope may be an estimate, up to six times too low for text that JSON escapes. Near the limit, the
 * text itself is measured.
 */
export function measuredBytes(envelope: Envelope): number {
  const { payloadBytes, isTypedValue } = envelope;
  return payloadBytes > messageBytesMax / 8 && !isTypedValue ? Buffer.byteLength(envelope.payload) : payloadBytes;
}

export function messageTooLarge(eventType: string, bytes: number, sender: string): StatefunError {
  return new StatefunError(
    'MESSAGE_TOO_LARGE',
    `an event of type "${eventType}" sent by ${sender} has ${bytes} bytes; at most ${messageBytesMax} are allowed.`,
    { facts: { bytes, messageBytesMax } },
  );
}

export function tooManyEffects(sender: string): StatefunError {
  return new StatefunError('TOO_MANY_EFFECTS', `one handler of ${sender} sent more than ${effectsMax} messages.`, {
    facts: { effectsMax },
  });
}

export function tooManyBytes(sender: string): StatefunError {
  return new StatefunError('TOO_MANY_EFFECTS', `one handler of ${sender} sent more than ${effectBytesMax} bytes.`, {
    facts: { effectBytesMax },
  });
}
