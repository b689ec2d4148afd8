import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Ingress, IngressRecord } from '../ingress/ingress.ts';
import { openRecord } from '../ingress/open-record.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { ManualClock } from '../shared/time/manual-clock.ts';
import { startTimer } from '../shared/time/timers.ts';
import { clockAt, type PointInTime } from './test-clock.ts';

/** What an ingress under test finds around it. */
export interface TestIngressOptions {
  /** Committed positions by partition, for example the `positions` of an earlier run. @defaultValue none, as at the first start */
  readonly positions?: ReadonlyMap<string, string>;
  /** Where the clock stands at first. @defaultValue 2026-01-01T00:00:00Z */
  readonly now?: PointInTime;
  /** @defaultValue none */
  readonly logger?: Logger;
}

/** What the engine would make of a record: an event on its way to the forwarders, or a dead letter. */
export type ReadRecord = { readonly record: IngressRecord } & (
  | { readonly event: CloudEvent; readonly partitionKey: string | undefined; readonly deadLetter?: undefined }
  | { readonly event?: undefined; readonly deadLetter: { readonly code: string; readonly reason: string } }
);

/** A record to read; what is left out does not matter to the test. */
export type TestRecord = { readonly data: string | Uint8Array } & Partial<Omit<IngressRecord, 'data'>>;

/** One ingress of its own: what comes out of it is read as the engine would, and goes no further. */
export function testIngress(ingress: Ingress, options: TestIngressOptions = {}): TestIngress {
  return new TestIngress(ingress, options);
}

export class TestIngress {
  readonly #ingress: Ingress;
  readonly #logger: Logger;
  readonly #clock: ManualClock;
  readonly #controller = new AbortController();
  readonly #positions: Map<string, string>;
  readonly #received: ReadRecord[] = [];
  #finished = false;
  #failure: Error | undefined;
  #changed: () => void = () => undefined;

  /** @internal */
  constructor(ingress: Ingress, options: TestIngressOptions) {
    this.#ingress = ingress;
    this.#logger = options.logger ?? silentLogger;
    this.#clock = clockAt(options.now);
    this.#positions = new Map(options.positions ?? []);
  }

  /** Reads text, bytes or a record with the `format` of the ingress, which need not be started. Never throws: what cannot be read is a dead letter. */
  reads(given: string | Uint8Array | TestRecord): ReadRecord {
    const { data, ...rest } = typeof given === 'string' || given instanceof Uint8Array ? { data: given } : given;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    return this.#read({ partition: 'test', position: '1', identity: 'test', ...rest, data: bytes });
  }

  /** Starts the ingress. Rejects with what it rejects with. */
  async start(): Promise<void> {
    await this.#ingress.start({
      positions: new Map(this.#positions),
      deliver: (records) => this.#deliver(records),
      savePosition: (partition, position) => {
        this.#positions.set(partition, position);
        return Promise.resolve();
      },
      finished: () => {
        this.#finished = true;
        this.#changed();
      },
      failed: (error) => {
        this.#failure ??= error;
        this.#changed();
      },
      signal: this.#controller.signal,
      clock: this.#clock,
      logger: this.#logger,
    });
  }

  /** What has been delivered since the start, in order. */
  get received(): readonly ReadRecord[] {
    return [...this.#received];
  }

  /** The events among `received`. */
  get events(): readonly CloudEvent[] {
    return this.#received.flatMap(({ event }) => (event === undefined ? [] : [event]));
  }

  /** What would be committed if the engine had taken everything: where the next run goes on. */
  get positions(): ReadonlyMap<string, string> {
    return new Map(this.#positions);
  }

  /** Whether every record there will ever be has been delivered. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Why the ingress gave up; in production the engine stops with it. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when so many records have been delivered. Rejects when the ingress gives up, and with TEST_INGRESS_LATE after `within` of real time. */
  whenReceived(count: number, within: Duration = '5s'): Promise<void> {
    return this.#when(() => this.#received.length >= count, `${count} records`, within);
  }

  /** Resolves when the ingress has come to its end. Rejects as `whenReceived` does. */
  whenFinished(within: Duration = '5s'): Promise<void> {
    return this.#when(() => this.#finished, 'its end', within);
  }

  /** Moves the clock the ingress was given. */
  advance(duration: Duration): void {
    const untilMs = this.#clock.now() + toMilliseconds(duration);
    while (this.#clock.step(untilMs));
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#ingress.stop();
  }

  #deliver(records: readonly IngressRecord[]): Promise<void> {
    if (this.#controller.signal.aborted) {
      return Promise.reject(new StatefunError('ENGINE_STOPPED', `ingress ${this.#ingress.id} delivered records while it was stopped.`));
    }
    for (const record of records) {
      this.#received.push(this.#read(record));
      this.#positions.set(record.partition, record.position);
    }
    this.#changed();
    return Promise.resolve();
  }

  #read(record: IngressRecord): ReadRecord {
    try {
      const { event, partitionKey } = openRecord(record, this.#ingress.format);
      return { record, event, partitionKey };
    } catch (thrown) {
      const error = toError(thrown);
      const deadLetter = StatefunError.is(error)
        ? { code: error.code, reason: error.summary }
        : { code: error.name, reason: error.message };
      return { record, deadLetter };
    }
  }

  async #when(holds: () => boolean, what: string, within: Duration): Promise<void> {
    const limitMs = toMilliseconds(within);
    let late = false;
    const cancel = startTimer(limitMs, () => {
      late = true;
      this.#changed();
    });
    try {
      while (!holds()) {
        if (this.#failure !== undefined) throw this.#failure;
        if (late) throw this.#late(what, limitMs);
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    } finally {
      cancel();
    }
  }

  #late(what: string, limitMs: number): StatefunError {
    const { id } = this.#ingress;
    const end = this.#finished ? ', and it has come to its end' : '';
    const summary = `ingress ${id} did not deliver ${what} within ${limitMs} ms: ${this.#received.length} records came${end}.`;
    return new StatefunError('TEST_INGRESS_LATE', summary, { facts: { ingress: id, received: this.#received.length, limitMs } });
  }
}
