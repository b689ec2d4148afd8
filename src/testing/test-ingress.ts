import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Ingress, IngressRecord } from '../ingress/ingress.ts';
import { openRecord } from '../ingress/open-record.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { ManualClock } from '../shared/time/manual-clock.ts';
import { startTimer } from '../shared/time/timers.ts';
import { clockAt, type PointInTime } from './test-clock.ts';

/** Options of {@link testIngress}. */
export interface TestIngressOptions {
  /** Committed positions by partition, for example `positions` of an earlier run. @defaultValue none, as at the first start */
  readonly positions?: ReadonlyMap<string, string>;
  /** The time of the clock at the beginning. @defaultValue 2026-01-01T00:00:00Z */
  readonly now?: PointInTime;
  /** The logger of the ingress. @defaultValue one that writes nothing */
  readonly logger?: Logger;
}

/** A record as the engine would read it: an event for the forwarders, or a dead letter. */
export type ReadRecord = { readonly record: IngressRecord } & (
  | { readonly event: CloudEvent; readonly partitionKey: string | undefined; readonly deadLetter?: undefined }
  | { readonly event?: undefined; readonly deadLetter: { readonly code: string; readonly reason: string } }
);

/** A record to read, without the properties that do not matter to the test. */
export type TestRecord = { readonly data: string | Uint8Array } & Partial<Omit<IngressRecord, 'data'>>;

/** Creates a test of one ingress. Its records are read as the engine would read them, and recorded. */
export function testIngress(ingress: Ingress, options: TestIngressOptions = {}): TestIngress {
  return new TestIngress(ingress, options);
}

/** An ingress under test, made by `testIngress`. */
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

  /** Reads text, bytes or a record with the `format` of the ingress, started or not. Never throws: an unreadable record is a dead letter. */
  reads(given: string | Uint8Array | TestRecord): ReadRecord {
    const { data, ...rest } = typeof given === 'string' || given instanceof Uint8Array ? { data: given } : given;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    return this.#read({ partition: 'test', position: '1', identity: 'test', ...rest, data: bytes });
  }

  /** Starts the ingress. Rejects with its error. */
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

  /** The records delivered since the start, in order. */
  get received(): readonly ReadRecord[] {
    return [...this.#received];
  }

  /** The events of `received`. */
  get events(): readonly CloudEvent[] {
    return this.#received.flatMap(({ event }) => (event === undefined ? [] : [event]));
  }

  /** The positions to commit if the engine had taken every record, from which the next run continues. */
  get positions(): ReadonlyMap<string, string> {
    return new Map(this.#positions);
  }

  /** Whether the ingress has delivered its last record. */
  get finished(): boolean {
    return this.#finished;
  }

  /** The error of a failed ingress, with which the engine stops in production. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when `count` records are delivered. Rejects if the ingress fails, and with TEST_INGRESS_LATE after `within` of real time. */
  whenReceived(count: number, within: Duration = '5s'): Promise<void> {
    return this.#when(() => this.#received.length >= count, `${count} records`, within);
  }

  /** Resolves when the ingress has finished. Rejects as `whenReceived` does. */
  whenFinished(within: Duration = '5s'): Promise<void> {
    return this.#when(() => this.#finished, 'its end', within);
  }

  /** Moves the clock of the ingress. */
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
