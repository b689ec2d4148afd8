import type { Socket } from 'node:net';

/**
 * Calls back when nothing came on the connection for as long as its time-out says; see `Socket.setTimeout`.
 *
 * A thread that was held up meets its timers before it reads, so what came in time may still be waiting to be read when the time-out fires.
 * One more turn reads it: the event loop reads after its timers and before its immediates. Closing a connection with something unread would
 * also reset it, and the other side would lose what was sent to it.
 */
export function onSocketIdle(socket: Socket, act: () => void): void {
  socket.on('timeout', () => {
    const seen = socket.bytesRead;
    setImmediate(() => {
      if (!socket.destroyed && socket.bytesRead === seen) act();
    });
  });
}
