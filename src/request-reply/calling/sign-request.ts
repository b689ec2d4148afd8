import { createHmac } from 'node:crypto';

/** The header with the signature of a request. */
export const signatureHeader = 'x-statefun-signature';

/**
 * Returns the signature of a request body, `t=<seconds since the epoch>,v1=<hex>`: the HMAC-SHA256, with the shared secret, of the seconds in
 * decimal, a dot, and the body. The receiver computes it again, compares in constant time, and refuses signatures that are too old.
 */
export function signRequest(secret: string, body: Uint8Array, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}
