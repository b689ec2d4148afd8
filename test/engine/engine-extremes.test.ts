import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import type { Store } from '../../src/storage/store.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';
import { EngineBed } from './engine-bed.ts';

@StatefunFunction('test/large', { retry: { attemptsMax: 1 } })
class Large {
  @Persisted() private readonly text = PersistedValue.of<string>();
  @Persisted() private readonly items = PersistedTable.of<number>();
  @Persisted() private readonly count = PersistedValue.of<number>();

  @Handles('grow')
  onGrow(event: CloudEvent<{ length: number }>): void {
    this.text.set('x'.repeat(event.data.length));
  }

  @Handles('fill')
  onFill(event: CloudEvent<{ entries: number }>): void {
    const { size } = this.items;
    for (let entry = 0; entry < event.data.entries; entry += 1) this.items.set(`${size + entry}`, entry);
  }

  @Handles('fan-out')
  onFanOut(event: CloudEvent<{ messages: number }>, context: Context): void {
    for (let message = 0; message < event.data.messages; message += 1) {
      context.send('test/large', `counter-${message % 10}`, { type: 'count', data: {} });
    }
  }

  @Handles('count')
  onCount(): void {
    this.count.set((this.count.get() ?? 0) + 1);
  }
}

/** What a state of 16 MiB leaves for the characters of one text: without its quotes, the name of the cell, and 32 for the entry. */
const textLengthMax = 16 * 1024 * 1024 - 2 - 4 - 32;

describe('an engine on the log store, at its limits', () => {
  let folder: string;
  let store: Store;
  let bed: EngineBed;

  const start = async (): Promise<void> => {
    store = await openInline(folder);
    bed = await EngineBed.start([Large], { store });
  };
  const stop = async (): Promise<void> => {
    await bed.engine.stop();
    await store.close();
  };
  const restart = async (): Promise<void> => {
    await stop();
    await start();
  };
  const deadLetterCodes = (): string[] => bed.engine.deadLetters().map(({ code }) => code);

  beforeEach(async () => {
    folder = createTemporaryFolder();
    await start();
  });
  afterEach(async () => {
    await stop();
    removeFolder(folder);
  });

  it('keeps a state of 16 MiB over a restart, and gives up a message that makes it one byte larger', async () => {
    await bed.receives('test/large/a', 'grow', { length: textLengthMax });
    await bed.receives('test/large/a', 'grow', { length: textLengthMax + 1 });
    expect(deadLetterCodes()).toEqual(['STATE_TOO_LARGE']);
    await restart();
    expect(((await bed.state('test/large/a')) as { text: string }).text).toHaveLength(textLengthMax);
  });

  it('takes an id of 64 KiB over a restart, and gives up a record for an id of one byte more', async () => {
    const id = '€'.repeat(21_845) + 'x';
    expect(Buffer.byteLength(id)).toBe(64 * 1024);
    await bed.receives(`test/large/${id}`, 'count');
    await bed.receives(`test/large/${id}x`, 'count');
    expect(deadLetterCodes()).toEqual(['INVALID_ADDRESS_ID']);
    await restart();
    expect(await bed.state(`test/large/${id}`)).toEqual({ count: 1 });
  });

  it.each([100_000, 100_001])('delivers %i messages of one handler, each once', async (messages) => {
    await bed.receives('test/large/a', 'fan-out', { messages });
    await restart();
    let counted = 0;
    for (let counter = 0; counter < 10; counter += 1) {
      counted += ((await bed.state(`test/large/counter-${counter}`)) as { count: number }).count;
    }
    expect(counted).toBe(messages);
    expect(deadLetterCodes()).toEqual([]);
  });

  it('keeps a table of 100,000 entries over a restart, and gives up a message that adds one more', async () => {
    await bed.receives('test/large/a', 'fill', { entries: 100_001 });
    await bed.receives('test/large/a', 'fill', { entries: 100_000 });
    await bed.receives('test/large/a', 'fill', { entries: 1 });
    expect(deadLetterCodes()).toEqual(['STATE_TABLE_FULL', 'STATE_TABLE_FULL']);
    await restart();
    const { items } = (await bed.state('test/large/a')) as { items: Record<string, number> };
    expect(Object.keys(items)).toHaveLength(100_000);
  });
});
