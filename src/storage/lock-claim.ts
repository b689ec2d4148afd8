import { connect } from 'node:net';
import { isSystemError } from './store-errors.ts';

/** `gone`: it was there and withdrew or ended meanwhile. `dead`: nobody listens, and its socket can be removed. */
export interface ClaimAnswer {
  readonly state: 'alive' | 'gone' | 'dead';
  /** The claimant's process, when it told: in its own container, so for people only. */
  readonly pid?: number;
}

/** How long a claimant may think, 2 s, before it counts as alive: it decides in milliseconds unless its process is stopped. */
const answerWithinMs = 2_000;

/**
 * Asks the claimant behind a socket. It answers one line at once, and another when it has decided:
 *
 *     {"pid":4711,"holding":false}
 *     {"pid":4711,"holding":true}
 *
 * With `untilDecided` a claimant that does not hold the lock yet is waited for: it ends the connection when it withdraws.
 */
export function askClaim(path: string, untilDecided: boolean): Promise<ClaimAnswer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    let pid: number | undefined;
    const settle = (state: ClaimAnswer['state']): void => {
      socket.destroy();
      resolve(pid === undefined ? { state } : { state, pid });
    };
    socket.setEncoding('utf8').setTimeout(answerWithinMs, () => settle('alive'));
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
    socket.on('close', () => settle('gone'));
  });
}

function stateOf(error: Error): ClaimAnswer['state'] {
  if (isSystemError(error, 'ECONNREFUSED')) return 'dead';
  // The claimant removed its socket, or closed it while it was asked.
  if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ECONNRESET') || isSystemError(error, 'EPIPE')) return 'gone';
  // Not allowed, or too many ask at once: somebody is there.
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
