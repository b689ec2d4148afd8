import { connect } from 'node:net';
import { delay } from '../../shared/time/timers.ts';
import { onSocketIdle } from './idle-socket.ts';
import { isSystemError } from '../store-errors.ts';

/** `gone`: its socket is no longer there, because it withdrew. `dead`: nobody listens on its socket, which can be removed. */
export interface ClaimAnswer {
  readonly state: 'alive' | 'gone' | 'dead';
  /** The claimant's process, when it told: in its own container, so for people only. */
  readonly pid?: number;
}

/** `closed`: it ended the connection, which decides nothing. */
interface Outcome {
  readonly state: ClaimAnswer['state'] | 'closed';
  readonly pid?: number;
}

/** How long a claimant may think, 2 s, before it counts as alive: it decides in milliseconds unless its process is stopped. */
const answerWithinMs = 2_000;

/** How long a claimant that only closes connections is asked again, 5 s, before it counts as alive, and how often. */
const closesForMsMax = 5_000;
const askAgainMs = 100;

/**
 * Asks the claimant behind a socket. It answers one line at once, and another when it has decided:
 *
 *     {"pid":4711,"holding":false}
 *     {"pid":4711,"holding":true}
 *
 * With `untilDecided` a claimant that does not hold the lock yet is waited for: it removes its socket and ends the connection when it withdraws.
 *
 * A connection that ends without a decision is no evidence: a process that is out of file descriptors accepts connections and closes them at
 * once. Only a socket that refuses, or that is no longer there, says that nobody is behind it.
 */
export async function askClaim(path: string, untilDecided: boolean): Promise<ClaimAnswer> {
  const until = performance.now() + closesForMsMax;
  for (;;) {
    const { state, ...told } = await askOnce(path, untilDecided);
    if (state !== 'closed') return { state, ...told };
    if (performance.now() >= until) return { state: 'alive', ...told };
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
  // The second one, on macOS, for what is no socket at all.
  if (isSystemError(error, 'ECONNREFUSED') || isSystemError(error, 'ENOTSOCK')) return 'dead';
  if (isSystemError(error, 'ENOENT')) return 'gone';
  if (isSystemError(error, 'ECONNRESET') || isSystemError(error, 'EPIPE')) return 'closed';
  // Not allowed, too many ask at once, or no descriptor is left to ask with: somebody may be there.
  return 'alive';
}

/** A line that cannot be read comes from a program that listens there: it counts as holding the lock. */
function parseLine(line: string): { pid?: number; holding: boolean } {
  try {
    const { pid, holding } = JSON.parse(line) as { pid?: unknown; holding?: unknown };
    return typeof pid === 'number' ? { pid, holding: holding !== false } : { holding: holding !== false };
  } catch {
    return { holding: true };
  }
}
