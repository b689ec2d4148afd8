import type { AddressedEnvelope } from '../../envelope/addressed-envelope.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import { formatAddress, isAddressId, isFunctionType, parseAddress } from '../../shared/address.ts';
import { HttpListener, playgroundHost, type PlaygroundAnswer, type PlaygroundRequest } from './http-listener.ts';

/** The one partition, and in it the number of the last request that is committed. */
const partition = 'requests';

/** What stands before the typename in a content type. */
const typenamePrefix = 'application/vnd.';

/** The type of what says nothing of its type. */
const stringTypename = 'io.statefun.types/string';

/**
 * Takes messages over HTTP, as the playground of StateFun does: `PUT /<namespace>/<function>/<id>`, the type of the body in the header
 * `Content-Type: application/vnd.<namespace>/<name>`, the body as it is. A request is answered when its message is committed.
 *
 * Positions number the requests. A number is used again only if nothing of its request was committed, so it names the request for ever.
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

  /** Where it listens; another one than it was given when that was 0. */
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
