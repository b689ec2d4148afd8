import { connect } from 'node:net';
import { delay } from '../../shared/time/timers.ts';
import { onSocketIdle } from './idle-socket.ts';
import { isSystemError } from '../store-errors.ts';

/** `gone`: the socket no longer exists, because the claimant withdrew. `dead`: no process listens on the socket, which can be removed. */
export interface ClaimAnswer {
  readonly state: 'alive' | 'gone' | 'dead';
  /** Process id of the claimant, if it sent one. It is valid in the claimant's container only, so it is only for people. */
  readonly pid?: number;
}

/** `closed`: the claimant closed the connection, which decides nothing. */
interface Outcome {
  readonly state: ClaimAnswer['state'] | 'closed';
  readonly pid?: number;
}

/** A claimant that does not decide within 2 s counts as alive. It decides in milliseconds unless its process is stopped. */
const answerWithinMs = 2_000;

/** A claimant that only closes connections is asked again every 100 ms. After 5 s it counts as alive. */
const closesForMsMax = 5_000;
const askAgainMs = 100;

/**
 * Asks the claimant that listens on a socket. The claimant sends one line at once, and another when it has decided:
 *
 *     {"pid":4711,"holding":false}
 *     {"pid":4711,"holding":true}
 *
 * With `untilDecided` it waits for a claimant that does not hold the lock yet. When a claimant withdraws, it removes its socket and closes the
 * connection.
 *
 * A connection that closes without a decision proves nothing: a process without free file descriptors accepts connections and closes them at
 * once. Only a socket that refuses connections, or that does not exist, proves that no process listens.
 */
export async function askClaim(path: string, untilDecided: boolean): Promise<ClaimAnswer> {
  const until = performance.now() + closesForMsMax;
  for (;;) {
    const { state, ...answered } = await askOnce(path, untilDecided);
    if (state !== 'closed') return { state, ...answered };
    if (performance.now() >= until) return { state: 'alive', ...answered };
    await delay(askAgainMs);
  }
}

function askOnce(path: string, untilDecided: boolean): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    let pid: number | undefined;
    const settle = (state: Outcome['state']): void => {
      socket.destroy();
      resolve(pid === undefined ? { state } : { state, pid });
    };
    socket.setEncoding('utf8').setTimeout(answerWithinMs);
    onSocketIdle(socket, () => settle('alive'));
    socket.on('data', (part: string) => {
      text += part;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const claim = parseLine(line);
        pid = claim.pid ?? pid;
        if (claim.holding || !untilDecided) settle('alive');
      }
    });
    socket.on('error', (error) => settle(stateOf(error)));
    socket.on('close', () => settle('closed'));
  });
}

function stateOf(error: Error): Outcome['state'] {
  // macOS reports ENOTSOCK for a file that is not a socket.
  if (isSystemError(error, 'ECONNREFUSED') || isSystemError(error, 'ENOTSOCK')) return 'dead';
  if (isSystemError(error, 'ENOENT')) return 'gone';
  if (isSystemError(error, 'ECONNRESET') || isSystemError(error, 'EPIPE')) return 'closed';
  // No permission, too many connections, or no free file descriptor: a claimant may be there.
  return 'alive';
}

/** Parses a line of a claimant. An unreadable line comes from another program that listens there, which counts as holding the lock. */
function parseLine(line: string): { pid?: number; holding: boolean } {
  try {
    const { pid, holding } = JSON.parse(line) as { pid?: unknown; holding?: unknown };
    return typeof pid === 'number' ? { pid, holding: holding !== false } : { holding: holding !== false };
  } catch {
    return { holding: true };
  }
}
