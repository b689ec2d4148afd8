import { timerMsMax } from '../time/timers.ts';

/** Longest TLS handshake, in milliseconds. Most take milliseconds; that of a distant client takes a second. */
const handshakeTimeoutMsMax = 10_000;

/** Interval between checks for connections that take too long, in milliseconds. */
const checkIntervalMs = 1_000;

/**
 * Returns options for `createServer` of Node's http and https that close the connection of a client that sends nothing. The TLS handshake and the
 * head of the request each have the given time, in milliseconds. The code that reads a body limits its time.
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
    // Longer than head and body together, so the code that reads a late body can still send a response.
    requestTimeout: Math.min(3 * headMs, timerMsMax),
    connectionsCheckingInterval: Math.min(checkIntervalMs, headMs),
    handshakeTimeout: Math.min(headMs, handshakeTimeoutMsMax),
  };
}
