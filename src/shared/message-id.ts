import { hash } from 'node:crypto';

/*
 * A message id: 32 hexadecimal characters.
 *
 *   | 96 bits of a SHA-256 over origin and sender: 24 characters | ordinal among the messages of the same origin and sender: 32 bits, 8 characters |
 *
 * It is the same in every attempt and after every recovery, because it depends only on where the message comes from, never on time, a random
 * number or a commit.
 *
 *   at an ingress    origin: the identity of the record           sender: the name of the forwarder
 *   in a function    origin: the id of the handled message        sender: the address of the function
 */

/** Returns the part that the ids of all messages of an origin and sender have in common: one hash for all of them. */
export function messageIdBase(origin: string, sender: string): string {
  // Every part is preceded by its length, so no two lists of parts give the same text.
  return hash('sha256', `${origin.length}:${origin}${sender.length}:${sender}`, 'hex').slice(0, 24);
}

/** Returns the id of the message with an ordinal from 0 to 2³² - 1. */
export function messageIdAt(base: string, ordinal: number): string {
  return base + (shortOrdinals[ordinal] ?? toOrdinalText(ordinal));
}

/** Returns the id of one message of an origin and sender. */
export function messageIdOf(origin: string, sender: string, ordinal: number): string {
  return messageIdAt(messageIdBase(origin, sender), ordinal);
}

function toOrdinalText(ordinal: number): string {
  return ordinal.toString(16).padStart(8, '0');
}

/** Few handlers send more messages than this, so the text of an ordinal is rarely made anew. */
const shortOrdinals: readonly string[] = Array.from({ length: 256 }, (_, ordinal) => toOrdinalText(ordinal));
