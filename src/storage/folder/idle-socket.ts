import type { Socket } from 'node:net';

/**
 * Calls back when no data has arrived on the connection for its timeout; see `Socket.setTimeout`.
 *
 * After a thread was blocked its timers fire before it reads, so data that arrived in time may still be unread when the timeout fires. The
 * callback waits for one more turn, since the event loop reads after its timers and before its immediates. Closing a connection with unread data
 * would also reset it, and the other side would lose data sent to it.
 */
export function onSocketIdle(socket: Socket, act: () => void): void {
  socket.on('timeout', () => {
    const seen = socket.bytesRead;
    setImmediate(() => {
      if (!socket.destroyed && socket.bytesRead === seen) act();
    });
  });
}
