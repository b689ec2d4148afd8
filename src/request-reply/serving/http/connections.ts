import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server, so that it can close without waiting for clients that keep connections open. Node's `closeIdleConnections` skips
 * connections without a request so far, such as the spare ones of a pool.
 */
export class Connections {
  readonly #all = new Set<Socket>();
  readonly #idle = new Set<Socket>();

  /** `opened` is the event of a connection that is ready for requests: after the TLS handshake, if there is one. */
  constructor(server: Server, opened: 'connection' | 'secureConnection') {
    server.on('connection', (socket: Socket) => track(socket, this.#all));
    server.on(opened, (socket: Socket) => track(socket, this.#idle));
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#idle.delete(socket);
      response.once('close', () => {
        if (!socket.destroyed) this.#idle.add(socket);
      });
    });
  }

  closeIdle(): void {
    for (const socket of this.#idle) socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.#all) socket.destroy();
  }
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
