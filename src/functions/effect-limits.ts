import { addressIdBytesMax, isTextWithin } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';

/** Largest payload of an event, in bytes of its JSON: a store keeps each message as one value. */
export const messageBytesMax = 16 * 1024 * 1024;

/** Most messages, delayed messages and egress records of one invocation. */
export const effectsMax = 1_000_000;

/** Most payload bytes of one invocation's effects: an invocation commits as a whole. */
export const effectBytesMax = 64 * 1024 * 1024;

/** Longest token of a delayed message, in UTF-8 bytes: it is written beside the message. An id of any length can be one. */
export const tokenBytesMax = addressIdBytesMax;

/** Throws DELAY_TOKEN_INVALID for what is no text, or too long. */
export function ensureToken(token: unknown): string {
  if (isTextWithin(token, tokenBytesMax)) return token;
  const what = typeof token === 'string' ? `a text of ${Buffer.byteLength(token)} bytes` : describe(token);
  throw new StatefunError('DELAY_TOKEN_INVALID', `${what} cannot be the token of a delayed message.`, { facts: { tokenBytesMax } });
}
