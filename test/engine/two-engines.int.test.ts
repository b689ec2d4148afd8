import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../storage/child.ts';
import { createTemporaryFolder, removeFolder } from '../storage/log-fixture.ts';

const readings = 20_000;

describe('two engines on one state folder', () => {
  let folder: string;
  const children: Child[] = [];

  const start = async (): Promise<Child> => {
    const child = new Child('../../engine/scripts/sum-readings.mjs', [folder]);
    children.push(child);
    expect(await child.line()).toBe('ready');
    return child;
  };
  const go = (child: Child): Promise<string | undefined> => {
    child.process.stdin?.write('go\n');
    return child.line();
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
    const event = (id: number): object => ({
      ...{ specversion: '1.0', id: String(id), source: '/test', type: 'meter.reading' },
      data: { meter: 'm', amount: 1 },
    });
    writeFileSync(join(folder, 'events.jsonl'), Array.from({ length: readings }, (_, id) => `${JSON.stringify(event(id))}\n`).join(''));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    removeFolder(folder);
  });

  it('are one when they start at the same instant; after it was killed a third goes on, and every reading counts once', async () => {
    const rivals = await Promise.all([start(), start()]);
    const outcomes = await Promise.all(rivals.map(go));
    expect(outcomes.toSorted()).toEqual(['STATE_FOLDER_LOCKED', 'started']);
    await rivals[outcomes.indexOf('started')]?.kill();

    const third = await start();
    expect(await go(third)).toBe('started');
    expect(await third.line()).toBe(String(readings));
    expect(await third.exit).toEqual({ code: 0, signal: null });

    const lines = readFileSync(join(folder, 'totals.jsonl'), 'utf8').trimEnd().split('\n');
    const totals = lines.map((line) => (JSON.parse(line) as { data: { total: number } }).data.total);
    expect(totals).toEqual(Array.from({ length: readings }, (_, index) => index + 1));
  });
});
