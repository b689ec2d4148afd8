import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server, so that it can close without waiting for clients that keep connections open. Node's `closeIdleConnections` skips
 * connections without a request so far, such as the spare ones of a pool.
 */
export class Connections {
  readonly #all = new Set<Socket>();
  readonly #idle = new Set<Socket>();
  /** Connections whose TLS handshake is incomplete, by the address of the client. */
  readonly #handshakes = new Map<string, Socket>();

  /** `opened` is the event of a connection that is ready for requests: after the TLS handshake, if there is one. */
  constructor(server: Server, opened: 'connection' | 'secureConnection') {
    server.on('connection', (socket: Socket) => track(socket, this.#all));
    if (opened === 'secureConnection') server.on('connection', (socket: Socket) => this.#trackHandshake(socket));
    server.on(opened, (socket: Socket) => {
      this.#handshakes.delete(clientOf(socket));
      track(socket, this.#idle);
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#idle.delete(socket);
      response.once('close', () => {
        if (!socket.destroyed) this.#idle.add(socket);
      });
    });
  }

  /** Closes connections without a request, those whose handshake is incomplete included. */
  closeIdle(): void {
    for (const socket of this.#idle) socket.destroy();
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.#all) socket.destroy();
  }

  /** Node has two sockets for a TLS connection, and the one of the handshake is known by its client alone. */
  #trackHandshake(socket: Socket): void {
    const client = clientOf(socket);
    this.#handshakes.set(client, socket);
    socket.once('close', () => {
      if (this.#handshakes.get(client) === socket) this.#handshakes.delete(client);
    });
  }
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
