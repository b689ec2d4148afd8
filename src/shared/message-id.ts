import { hash } from 'node:crypto';

/**
 * Returns the id of a message: 128 bits of SHA-256 as 32 hexadecimal characters. It is the same in every attempt and after every recovery, because
 * it depends only on the origin of the message, never on time, a random number or a commit.
 *
 * - At an ingress, it is the hash of the record's identity, the forwarder's name and the ordinal among the messages of that forwarder.
 * - In a function, it is the hash of the id of the handled message, the function's address and the ordinal among its sends.
 */
export function messageIdOf(origin: string, sender: string, ordinal: number): string {
  // Every part is preceded by its length, so no two lists of parts give the same text.
  return hash('sha256', `${origin.length}:${origin}${sender.length}:${sender}${ordinal}`, 'hex').slice(0, 32);
}
