import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import { createTemporaryFolder, openInline, removeFolder } from './log-fixture.ts';

describe('a store with the writer thread', () => {
  let folder: string;

  const recovered = async (): Promise<{ commits: number; number: string }> => {
    const store = await openInline(folder);
    const [entry] = await store.load('number');
    const { commits } = store.recovery;
    await store.close();
    return { commits, number: Buffer.from(entry?.value ?? []).toString() };
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(() => removeFolder(folder));

  it('commits, begins segments, and does not keep an idle process alive', async () => {
    const child = new Child('commit-numbers.mjs', [folder, '100']);
    expect(await child.lastLine()).toBe('100');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    const { nextNumber } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { nextNumber: number };
    expect(nextNumber).toBeGreaterThan(4);
    expect(await recovered()).toEqual({ commits: 100, number: '100' });
  });

  it('keeps every resolved commit when its process is killed at any moment', async () => {
    for (let round = 0, resolved = 0; round < 8; round += 1) {
      const child = new Child('commit-numbers.mjs', [folder, '1000000']);
      for (let line = 0; line < 1 + ((round * 37) % 60); line += 1) resolved = Number(await child.line());
      child.process.kill('SIGKILL');
      resolved = Number((await child.lastLine()) ?? resolved);
      await child.exit;
      const { commits, number } = await recovered();
      expect(number).toBe(String(commits));
      expect(commits).toBeGreaterThanOrEqual(resolved);
      // One more may have reached the disk without having been told.
      expect(commits).toBeLessThanOrEqual(resolved + 1);
    }
  });

  it('fails for good when the system refuses a write, and recovers what had resolved', async () => {
    // No file may have more than 2 KiB, while segments take 4.
    const child = new Child('commit-numbers.mjs', [folder, '1000000'], 'ulimit -f 2');
    let resolved = 0;
    let line = await child.line();
    for (; /^\d+$/.test(line ?? ''); line = await child.line()) resolved = Number(line);
    expect(line).toBe('STORE_WRITE_FAILED EFBIG');
    await child.exit;
    expect(resolved).toBeGreaterThan(0);
    expect(await recovered()).toEqual({ commits: resolved, number: String(resolved) });
  });
});
