import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from '../../../src/application/definition.ts';
import { runApplication, type RunOptions } from '../../../src/application/running/run-application.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { Ingress } from '../../../src/ingress/ingress.ts';
import { silentLogger, type Logger } from '../../../src/shared/logger.ts';
import { openLogStore } from '../../../src/storage/open-log-store.ts';
import { inlineThreads } from '../../../src/storage/threads/store-threads.ts';
import type { Store } from '../../../src/storage/store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { reading, ReadingEvents, ReportFunction, TotalFunction } from '../classes.ts';

const meters = defineApplication({ name: 'meters', functions: [TotalFunction, ReportFunction], forwarders: [ReadingEvents] });

function inMemory(): { ingress: ReturnType<typeof memoryIngress>; egress: ReturnType<typeof memoryEgress>; options: RunOptions } {
  const [ingress, egress] = [memoryIngress(), memoryEgress('meter/totals')];
  return { ingress, egress, options: { ingress: [ingress], egress: [egress], store: new MemoryStore(), logger: silentLogger } };
}

describe('running an application in memory', () => {
  it('takes records in, keeps state and sends records out', async () => {
    const { ingress, egress, options } = inMemory();
    const running = await runApplication(meters, options);

    ingress.push(reading('1', 'm1', 5));
    ingress.push(reading('2', 'm2', 1));
    ingress.push(reading('3', 'm1', 2));
    await running.whenQuiet();

    expect(egress.events.map(({ data }) => data)).toEqual([
      { meter: 'm1', total: 5 },
      { meter: 'm2', total: 1 },
      { meter: 'm1', total: 7 },
    ]);
    expect(await running.state(TotalFunction, 'm1')).toEqual({ total: 7 });
    expect(await running.state('meter/total', 'm3')).toEqual({});
    expect(running.statistics()).toMatchObject({ recordsTaken: 3, invocations: 6 });
    await running.stop();
    expect(await running.stopped).toBeUndefined();
  });

  it('keeps what cannot be handled as a dead letter that can be redriven', async () => {
    const { ingress, options } = inMemory();
    const running = await runApplication(meters, options);

    ingress.push({ ...reading('1', 'm1', 5), type: 'meter.unknown' });
    await running.whenQuiet();

    const [letter] = running.deadLetters();
    expect(running.deadLetters()).toHaveLength(1);
    running.redrive(letter?.id ?? '');
    await running.whenQuiet();
    expect(running.deadLetters()).toHaveLength(1);
    await running.stop();
  });

  it('says when every ingress has come to its end and everything is done', async () => {
    const { ingress, egress, options } = inMemory();
    const running = await runApplication(meters, options);

    ingress.push(reading('1', 'm1', 5));
    ingress.end();
    await running.whenFinished();

    expect(running.ingressFinished).toBe(true);
    expect(egress.events).toHaveLength(1);
    await running.stop();
  });

  it('reports at start what was found, where records come from and go to, and where the state is', async () => {
    const { options } = inMemory();
    const texts: string[] = [];
    const logger: Logger = { ...silentLogger, info: (text) => void texts.push(text) };

    const running = await runApplication(meters, { ...options, logger });
    expect(texts).not.toContain('stopped');
    await running.stop();

    expect(texts.at(-1)).toBe('stopped');
    expect(texts.find((text) => text.startsWith('started'))).toMatch(
      /^started meters in \d+\.\d\d s: 2 functions: meter\/report, meter\/total; 1 forwarder: ReadingEvents; 1 ingress: memory \(.+\); 1 egress: meter\/totals \(.+\); embedded engine, state in a store of its own$/,
    );
  });

  it('rejects, and releases the store, when an ingress cannot start', async () => {
    const { options } = inMemory();
    let closed = 0;
    class ClosingStore extends MemoryStore {
      override close(): Promise<void> {
        closed += 1;
        return super.close();
      }
    }
    const broken: Ingress = {
      id: 'broken',
      description: 'fails',
      start: () => Promise.reject(new Error('no stream')),
      stop: () => Promise.resolve(),
    };

    await expect(runApplication(meters, { ...options, ingress: [broken], store: new ClosingStore() })).rejects.toThrow('no stream');
    expect(closed).toBeGreaterThan(0);
  });

  it('settles stopped with the error when an ingress fails later', async () => {
    const { options } = inMemory();
    let fail: (error: Error) => void = () => undefined;
    const failing: Ingress = {
      id: 'failing',
      description: 'fails later',
      start: (context) => {
        fail = (error) => context.failed(error);
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
    };
    const running = await runApplication(meters, { ...options, ingress: [failing] });

    fail(new Error('stream deleted'));

    expect((await running.stopped)?.message).toContain('stream deleted');
  });

  it('refuses an application with mistakes before it opens anything', async () => {
    await expect(runApplication(defineApplication({}), { stateFolder: '/dev/null/never' })).rejects.toMatchObject({
      code: 'APPLICATION_INVALID',
    });
  });
});

describe('running an application on a log store', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'statefun-run-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('goes on with the state after a restart', async () => {
    const { ingress, egress, options } = inMemory();
    const openStore = (): Promise<Store> => openLogStore({ folder, threads: inlineThreads() });
    const first = await runApplication(meters, { ...options, store: await openStore() });
    ingress.push(reading('1', 'm1', 5));
    await first.whenQuiet();
    await first.stop();

    const second = await runApplication(meters, { ...options, store: await openStore() });
    ingress.push(reading('2', 'm1', 6));
    await second.whenQuiet();

    expect(await second.state(TotalFunction, 'm1')).toEqual({ total: 11 });
    expect(egress.events.map(({ data }) => data)).toEqual([
      { meter: 'm1', total: 5 },
      { meter: 'm1', total: 11 },
    ]);
    await second.stop();
  });

  it('closes it when it stops, so that another engine can open it', async () => {
    const store = await openLogStore({ folder, threads: inlineThreads() });
    const running = await runApplication(meters, { ...inMemory().options, store });
    await expect(openLogStore({ folder })).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });

    await running.stop();

    await (await openLogStore({ folder, threads: inlineThreads() })).close();
  });
});
