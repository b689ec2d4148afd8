import { Envelope } from '../../envelope/envelope.ts';
import type { Egress, EgressContext, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { StatefunError } from '../../shared/errors.ts';
import { Queue } from '../../shared/queue.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import { HttpListener, playgroundHost, type PlaygroundAnswer } from './http-listener.ts';

const recordTypename = 'io.statefun.playground/EgressRecord';

/** Most messages that a topic keeps, as in StateFun's playground. Further messages are dropped. */
const topicMessagesMax = 1_048_576;

/**
 * Keeps messages until a client reads them over HTTP, as StateFun's playground does: `GET /<topic>` removes one and returns it. Unread
 * messages are in memory only, and lost when the engine stops.
 */
export class PlaygroundEgress implements Egress {
  readonly id = 'io.statefun.playground/egress';
  readonly format = 'envelope';
  readonly description: string;
  readonly #port: number;
  readonly #host: string;
  readonly #topics: ReadonlyMap<string, Queue<string>>;
  readonly #listener = new HttpListener('GET', ({ segments }) => Promise.resolve(this.#next(segments.join('/'))));
  #context: EgressContext | undefined;

  constructor(port: number, topics: readonly string[], host: string = playgroundHost) {
    this.#port = port;
    this.#host = host;
    this.#topics = new Map(topics.map((topic) => [topic, new Queue<string>()]));
    this.description = `HTTP on ${host}:${port}, topics ${topics.join(', ')}`;
  }

  /** The port; a free one if the given port was 0. */
  get port(): number | undefined {
    return this.#listener.port;
  }

  async start(context: EgressContext): Promise<void> {
    this.#context = context;
    await this.#listener.start({ port: this.#port, host: this.#host, logger: context.logger });
    context.logger.info('listening for readers', { host: this.#host, port: this.port, topics: [...this.#topics.keys()] });
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    const rejected: RejectedRecord[] = [];
    for (const record of records) {
      try {
        // Safe: an egress with the format "envelope" gets bytes.
        this.#keep(Envelope.decodeTrusted(record.data as Uint8Array).typedValue);
      } catch (error) {
        if (!StatefunError.is(error)) throw error;
        rejected.push({ record, error });
      }
    }
    return Promise.resolve(rejected);
  }

  stop(): Promise<void> {
    return this.#listener.stop();
  }

  #keep(value: TypedValue): void {
    const { topic, payload } = readRecord(value);
    const queue = this.#topics.get(topic);
    if (queue === undefined) throw invalid(`it is for topic "${topic}"; there are ${[...this.#topics.keys()].join(', ')}`);
    if (queue.length < topicMessagesMax) queue.push(payload);
    else this.#context?.logger.warn('a message was dropped, because nobody reads the topic', { topic, topicMessagesMax });
  }

  #next(topic: string): PlaygroundAnswer {
    const queue = this.#topics.get(topic);
    if (queue === undefined) return { status: 405, body: `there is no topic "${topic}"\n` };
    const payload = queue.shift();
    return payload === undefined ? { status: 404 } : { status: 200, body: payload, contentType: 'text/plain; charset=utf-8' };
  }
}

/** Parses `{ "topic": …, "payload": … }`, both strings, and no other property. */
function readRecord({ typename, value }: TypedValue): { readonly topic: string; readonly payload: string } {
  if (typename !== recordTypename) throw invalid(`its type is "${typename}", not ${recordTypename}`);
  let record: unknown;
  try {
    record = JSON.parse(Buffer.from(value).toString());
  } catch {
    throw invalid('it is not JSON');
  }
  if (typeof record !== 'object' || record === null) throw invalid('it is not an object');
  const { topic, payload, ...rest } = record as { readonly topic?: unknown; readonly payload?: unknown };
  if (typeof topic !== 'string' || typeof payload !== 'string') throw invalid('topic and payload must be texts');
  if (Object.keys(rest).length > 0) throw invalid(`it has more than topic and payload: ${Object.keys(rest).join(', ')}`);
  return { topic, payload };
}

function invalid(why: string): StatefunError {
  return new StatefunError('EGRESS_RECORD_REFUSED', `the egress io.statefun.playground/egress cannot take a record: ${why}.`);
}
