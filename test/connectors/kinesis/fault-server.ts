import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { createKinesisClient } from '../../../src/connectors/kinesis/kinesis-client.ts';
import type { KinesisSender } from '../../../src/connectors/kinesis/kinesis-connection.ts';
import type { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import type { FakeKinesis } from './fake-kinesis.ts';

/** What happens to a call in place of its answer. */
export type Fault = (response: ServerResponse) => void;

const amzJson = 'application/x-amz-json-1.1';

function answers(status: number, body = '', type = amzJson): Fault {
  return (response) => response.writeHead(status, { 'content-type': type }).end(body);
}

/** The first bytes of an answer, then the end of the connection. */
function breaksOff(status: number, headers: Readonly<Record<string, string>>): Fault {
  return (response) => {
    response.writeHead(status, { 'content-type': amzJson, ...headers });
    response.write('{"Records":[', () => response.destroy());
  };
}

const page = '<html><body>Please log in</body></html>';

/** Everything that can stand between a client and Kinesis, by what a reader of the test knows it as. */
export const faults: Readonly<Record<string, Fault>> = {
  'a connection that is reset': (response) => response.socket?.resetAndDestroy(),
  'a connection that closes without an answer': (response) => response.socket?.destroy(),
  'bytes that are not HTTP': (response) => response.socket?.end('no HTTP\r\n\r\n'),
  'an answer cut short of its length': breaksOff(200, { 'content-length': '1000' }),
  'an answer cut between two chunks': breaksOff(200, {}),
  'an error cut short of its length': breaksOff(400, { 'content-length': '1000', 'x-amzn-errortype': 'AccessDeniedException' }),
  'half of a JSON text': answers(200, '{"Records":['),
  'an HTML page with 200': answers(200, page, 'text/html'),
  'an empty body with 200': answers(200),
  'an object without fields': answers(200, '{}'),
  null: answers(200, 'null'),
  'fields of other types': answers(200, '{"Records":5,"Shards":5,"ShardIterator":5,"StreamDescriptionSummary":5}'),
  'lists without content': answers(200, '{"Records":[null],"Shards":[null],"StreamDescriptionSummary":{}}'),
  '204': answers(204),
  'a redirect to an HTML page': answers(302, page, 'text/html'),
  '403 with an HTML page': answers(403, page, 'text/html'),
  '404 without a body': answers(404),
  '408': answers(408),
  '408 with an HTML page': answers(408, page, 'text/html'),
  '429': answers(429, '{}'),
  '500': answers(500, '{}'),
  '502 with an HTML page': answers(502, page, 'text/html'),
  '503': answers(503),
};

/** More turns of the event loop than any test needs. */
const turnsMax = 20_000;

/** A fake Kinesis behind the HTTP protocol of the real one, on 127.0.0.1: calls of an operation meet faults as a test asks. */
export class FaultServer {
  readonly #kinesis: FakeKinesis;
  readonly #server: Server;
  readonly #faults = new Map<string, Fault[]>();
  readonly #counts = new Map<string, number>();
  #client: KinesisClient | undefined;
  /** Calls whose promise is pending: time must not go on while an answer is on its way. */
  #pendingCalls = 0;

  constructor(kinesis: FakeKinesis) {
    this.#kinesis = kinesis;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Returns what the connectors take as `client`: that of the SDK, as they make it themselves. */
  async start(): Promise<KinesisSender> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    // A server that listens on a port has an address of this form.
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const client = await createKinesisClient({ endpoint }, {});
    this.#client = client;
    const send = client.send.bind(client) as (...call: unknown[]) => Promise<unknown>;
    const count = async (...call: unknown[]): Promise<unknown> => {
      this.#pendingCalls += 1;
      return await send(...call).finally(() => (this.#pendingCalls -= 1));
    };
    // The same call with the same result.
    return { send: count as unknown as KinesisSender['send'] };
  }

  async stop(): Promise<void> {
    this.#client?.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Lets everything happen, moving the clock only while no call is pending, until the condition holds. */
  async until(condition: () => boolean, clock: ManualClock): Promise<void> {
    for (let turn = 0; turn < turnsMax; turn += 1) {
      if (condition()) return;
      if (this.#pendingCalls === 0 && clock.nextDueAt !== undefined) clock.step(clock.nextDueAt);
      await nextTurn();
    }
    throw new Error(`still waiting after ${turnsMax} turns for: ${condition.toString()}`);
  }

  /** Waits for the promise, letting everything happen. */
  async settled<T>(promise: Promise<T>, clock: ManualClock): Promise<T> {
    let isSettled = false;
    const watched = promise.finally(() => (isSettled = true));
    watched.catch(() => undefined);
    await this.until(() => isSettled, clock);
    return watched;
  }

  /** The next calls of the operation meet the faults, in this order. */
  meetNext(operation: string, ...next: Fault[]): void {
    this.#faults.set(operation, [...(this.#faults.get(operation) ?? []), ...next]);
  }

  /** Calls of the operation, those that met faults included. */
  callsOf(operation: string): number {
    return this.#counts.get(operation) ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).replace('Kinesis_20131202.', '');
    const input = readInput(await buffer(request));
    this.#counts.set(operation, this.callsOf(operation) + 1);
    const fault = this.#faults.get(operation)?.shift();
    if (fault !== undefined) return fault(response);
    const [status, output] = await this.#call(operation, input);
    response.writeHead(status, { 'content-type': amzJson }).end(JSON.stringify(output, toWire));
  }

  async #call(operation: string, input: unknown): Promise<[number, unknown]> {
    // The fake looks at the input and at the name of the class, and at nothing else.
    const send = this.#kinesis.client.send as unknown as (command: object) => Promise<unknown>;
    try {
      return [200, await send({ input, constructor: { name: `${operation}Command` } })];
    } catch (error) {
      return [400, { __type: (error as Error).name, message: (error as Error).message }];
    }
  }
}

function readInput(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8'), (key, value: unknown) => (key === 'Data' ? Buffer.from(String(value), 'base64') : value));
}

/** Times are seconds, bytes are Base64. */
function toWire(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify gives the result of toJSON; what it was made from is in the object.
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (original instanceof Date) return original.getTime() / 1_000;
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
}
