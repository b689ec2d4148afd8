import { hash } from 'node:crypto';

/**
 * The id of a message: the same on every attempt and after every recovery, because it is a hash of where the message comes from and
 * never of time, random or a commit. 128 bits of SHA-256 in hex, 32 characters.
 *
 * - at an ingress: the record's identity, the forwarder's name and the ordinal among what the forwarder sent;
 * - from a function: the id of the message being handled, the own address and the ordinal among its sends.
 */
export function messageIdOf(origin: string, sender: string, ordinal: number): string {
  // Every part is preceded by its length, so that no two lists of parts give the same text.
  return hash('sha256', `${origin.length}:${origin}${sender.length}:${sender}${ordinal}`, 'hex').slice(0, 32);
}
