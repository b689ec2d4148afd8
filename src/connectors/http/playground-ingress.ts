import type { AddressedEnvelope } from '../../envelope/addressed-envelope.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import { formatAddress, isAddressId, isFunctionType, parseAddress } from '../../shared/address.ts';
import { HttpListener, playgroundHost, type PlaygroundAnswer, type PlaygroundRequest } from './http-listener.ts';

/** The only partition. Its position is the number of the last committed request. */
const partition = 'requests';

/** The prefix of the typename in a content type. */
const typenamePrefix = 'application/vnd.';

/** The type of a body without a type in its content type. */
const stringTypename = 'io.statefun.types/string';

/**
 * Accepts messages over HTTP, as StateFun's playground does: `PUT /<namespace>/<function>/<id>` with the type of the body in the header
 * `Content-Type: application/vnd.<namespace>/<name>`. The response is sent when the message is committed.
 *
 * Positions number the requests. A number is used again only if its request was not committed, so it identifies the request.
 */
export class PlaygroundIngress implements Ingress {
  readonly id = 'io.statefun.playground/ingress';
  readonly description: string;
  readonly #port: number;
  readonly #host: string;
  readonly #listener = new HttpListener('PUT', (request) => this.#take(request));
  #context: IngressContext | undefined;
  #count = 0;

  constructor(port: number, host: string = playgroundHost) {
    this.#port = port;
    this.#host = host;
    this.description = `HTTP on ${host}:${port}`;
  }

  /** The port; a free one if the given port was 0. */
  get port(): number | undefined {
    return this.#listener.port;
  }

  route(record: IngressRecord): readonly AddressedEnvelope[] {
    return [{ target: parseAddress(record.key ?? ''), envelope: Envelope.decodeTrusted(record.data) }];
  }

  async start(context: IngressContext): Promise<void> {
    this.#context = context;
    this.#count = Number(context.positions.get(partition) ?? 0);
    await this.#listener.start({ port: this.#port, host: this.#host, logger: context.logger });
    context.logger.info('listening for messages', { host: this.#host, port: this.port });
  }

  async stop(): Promise<void> {
    this.#context = undefined;
    await this.#listener.stop();
  }

  async #take({ segments, contentType, receive }: PlaygroundRequest): Promise<PlaygroundAnswer> {
    const [namespace, name, id] = segments;
    const type = `${namespace}/${name}`;
    if (segments.length !== 3 || !isFunctionType(type) || !isAddressId(id)) {
      return { status: 400, body: 'the path must be /<namespace>/<function>/<id>\n' };
    }
    const typename = contentType?.startsWith(typenamePrefix) === true ? contentType.slice(typenamePrefix.length) : stringTypename;
    const received = await receive();
    if ('status' in received) return { status: received.status, body: `${received.text}\n` };
    const { bytes: value, lease } = received;
    try {
      return await this.#deliver(formatAddress({ type, id }), Envelope.ofTypedValue({ typename, hasValue: true, value }));
    } finally {
      lease.release();
    }
  }

  async #deliver(key: string, envelope: Envelope): Promise<PlaygroundAnswer> {
    const context = this.#context;
    if (context === undefined) return { status: 503, body: 'the engine stops\n' };
    const position = String(++this.#count);
    await context.deliver([{ partition, position, identity: `${this.id}#${position}`, data: envelope.encode(), key }]);
    await context.savePosition(partition, position);
    return { status: 200 };
  }
}
