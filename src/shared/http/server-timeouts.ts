import { timerMsMax } from '../time/timers.ts';

/** A handshake takes milliseconds, of a client far away a second. */
const handshakeTimeoutMsMax = 10_000;

/** How often a server looks for connections that take too long, in milliseconds. */
const checkIntervalMs = 1_000;

/**
 * What `createServer` of Node's http and https is given, so that a client that sends nothing loses its connection: its TLS handshake and the
 * head of its request may take so long each. Bodies are timed by whoever reads them.
 */
export function serverTimeouts(requestTimeoutMs: number): {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly handshakeTimeout: number;
} {
  const headMs = Math.min(Math.ceil(requestTimeoutMs), timerMsMax);
  return {
    headersTimeout: headMs,
    // Longer than a head and a body may take together: a body that takes too long is answered by whoever reads it.
    requestTimeout: Math.min(3 * headMs, timerMsMax),
    connectionsCheckingInterval: Math.min(checkIntervalMs, headMs),
    handshakeTimeout: Math.min(headMs, handshakeTimeoutMsMax),
  };
}
