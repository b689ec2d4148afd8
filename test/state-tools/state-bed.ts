import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { bytesType, int64Type, stringType } from '../../src/state/state-type.ts';
import { toolRequests } from '../../src/state-tools/running-requests.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import { EngineBed } from '../engine/engine-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

@StatefunFunction('test/shelf', { retry: { attemptsMax: 1 } })
export class Shelf {
  @Persisted() private readonly count = PersistedValue.of<number>();
  @Persisted() private readonly items = PersistedTable.of<{ n: number }>();
  @Persisted() private readonly notes = PersistedList.of<string>();
  @Persisted() private readonly label = PersistedValue.of({ type: stringType() });
  @Persisted() private readonly large = PersistedValue.of({ type: int64Type() });
  @Persisted() private readonly seal = PersistedValue.of({ type: bytesType() });

  @Handles('put')
  onPut(event: CloudEvent<{ name: string }>, context: Context): void {
    const count = this.count.getOrDefault(0) + 1;
    this.count.set(count);
    this.items.set(event.data.name, { n: count });
    this.notes.append(`put ${event.data.name}`);
    this.label.set('a shelf');
    this.large.set(9_007_199_254_740_993n);
    this.seal.set(Uint8Array.of(0xff, 0, 1));
    context.egress('test/out', { type: 'was-put', data: { name: event.data.name } });
    context.sendAfter('1h', 'test/shelf', 'late', { type: 'put', data: { name: 'late' } });
  }

  @Handles('fail')
  onFail(): void {
    throw new RangeError('the shelf is full');
  }
}

/** A state folder that a real engine has written: two shelves, two delayed messages, two dead letters. */
export class StateBed {
  readonly folder = createTemporaryFolder();
  #bed: EngineBed | undefined;
  #store: LogStore | undefined;

  static async create(): Promise<StateBed> {
    const bed = new StateBed();
    await bed.start();
    for (const name of ['b', 'a']) await bed.engine.receives('test/shelf/one', 'put', { name });
    await bed.engine.receives('test/shelf/two', 'put', { name: '10' });
    for (const id of ['one', 'two']) await bed.engine.receives(`test/shelf/${id}`, 'fail');
    await bed.stop();
    return bed;
  }

  /** Runs the engine on the folder, which it then holds. */
  async start(): Promise<void> {
    this.#store = await openInline(this.folder);
    this.#bed = await EngineBed.start([Shelf], { store: this.#store });
    await this.#bed.engine.whenQuiet();
  }

  /** As a running application does. */
  answerRequests(): void {
    if (this.#store !== undefined) this.#store.answerRequests(toolRequests(this.engine.engine, this.#store));
  }

  get engine(): EngineBed {
    if (this.#bed === undefined) throw new Error('the engine does not run');
    return this.#bed;
  }

  async stop(): Promise<void> {
    await this.#bed?.engine.stop();
    this.#bed = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    removeFolder(this.folder);
  }
}
