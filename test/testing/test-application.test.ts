import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent, NewEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { SeededRandom } from '../../src/shared/seeded-random.ts';
import { testApplication, type TestApplication } from '../../src/testing/test-application.ts';
import { measured, StationFunction, stationType, watched, WatchFunction, weather } from './weather-application.ts';

let running: TestApplication | undefined;
let folder: string | undefined;

async function start(...parameters: Partial<Parameters<typeof testApplication>>): Promise<TestApplication> {
  return (running = await testApplication(parameters[0] ?? weather(), parameters[1]));
}

function fixture(lines: readonly object[]): string {
  folder = mkdtempSync(join(tmpdir(), 'statefun-application-'));
  const path = join(folder, 'weather.jsonl');
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return path;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

describe('testApplication', () => {
  it('documents a test', async () => {
    const weatherApplication = weather();
    // #region application
    const application = await testApplication(weatherApplication, { now: '2030-01-01T00:00:00Z' });

    await application.receives({ type: 'watched', data: { place: 'Oslo', watch: 'w1' } });
    await application.receives({ type: 'measured', data: { place: 'Oslo', degrees: -3 } });

    expect(application.egress('weather/alarm')).toMatchObject([{ key: 'w1', event: { type: 'frost' } }]);
    expect(await application.state(WatchFunction, 'w1')).toEqual({ cold: true });

    await application.advance('1d');

    expect(await application.state(WatchFunction, 'w1')).toEqual({});
    expect(application.deadLetters()).toEqual([]);
    await application.stop();
    // #endregion application
  });

  it('documents random data', async () => {
    const weatherApplication = weather();
    // #region random
    const application = await testApplication(weatherApplication);
    const random = new SeededRandom(7);
    const newest = new Map<string, number>();

    for (let count = 0; count < 200; count += 1) {
      const [place, degrees] = [random.oneOf(['Oslo', 'Rome', 'Lima']), random.below(80) - 40];
      await application.receives({ type: 'measured', data: { place, degrees } });
      newest.set(place, degrees);
    }

    for (const [place, last] of newest) expect(await application.state(StationFunction, place)).toEqual({ last });
    await application.stop();
    // #endregion random
    expect([...newest.keys()].sort()).toEqual(['Lima', 'Oslo', 'Rome']);
  });

  it('lets an event through forwarders, functions and egress before it resolves', async () => {
    const application = await start();
    await application.receives(watched('Oslo', 'w1'));
    await application.receives(measured('Oslo', -3));
    expect(application.egress().map(({ egressId, key, event }) => [egressId, key, event.type])).toEqual([
      ['weather/out', 'Oslo', 'measured'],
      ['weather/alarm', 'w1', 'frost'],
    ]);
    expect(application.egress('weather/alarm')).toMatchObject([{ event: { data: { watch: 'w1' } } }]);
    expect(await application.state(StationFunction, 'Oslo')).toEqual({ last: -3 });
    expect(await application.state('weather/watch', 'w1')).toEqual({ cold: true });
    expect(await application.state('weather/watch', 'nobody')).toEqual({});
    expect(await application.subscribers(StationFunction, 'Oslo')).toEqual([{ type: 'weather/watch', id: 'w1' }]);
    expect(application.statistics()).toMatchObject({ recordsTaken: 2, invocations: 4 });
  });

  it('starts with given state, given subscribers and the given time', async () => {
    const subscribers = [{ type: 'weather/watch', id: 'w1' }];
    const application = await start(weather(), {
      now: '2030-01-01T00:00:00Z',
      given: [{ function: StationFunction, id: 'Oslo', state: { last: 5 }, subscribers }],
    });
    expect(await application.state(StationFunction, 'Oslo')).toEqual({ last: 5 });
    await application.receives(measured('Oslo', -1));
    expect(application.egress('weather/alarm')).toMatchObject([{ event: { type: 'frost', time: '2030-01-01T00:00:00.000Z' } }]);
  });

  it('puts providers in the place of those declared', async () => {
    const application = await start(weather(), { providers: [{ provide: 'unit', useValue: '°F' }] });
    await application.receives(measured('Oslo', 1));
    expect(application.egress()).toMatchObject([{ event: { data: { unit: '°F' } } }]);
  });

  it('delivers delayed messages when the clock reaches them, not before', async () => {
    const application = await start(weather(), { now: 0 });
    await application.receives(watched('Oslo', 'w1'));
    await application.receives(measured('Oslo', -3));
    expect(application.pending()).toMatchObject([
      { to: { type: 'weather/watch', id: 'w1' }, dueAt: 86_400_000, cancellationToken: 'over', event: { type: 'over' } },
    ]);
    application.clear();
    await application.advance('23h');
    expect(application.egress()).toEqual([]);
    await application.advance('1h');
    expect(application.egress()).toMatchObject([{ event: { type: 'over' } }]);
    expect(application.pending()).toEqual([]);
    expect(await application.state(WatchFunction, 'w1')).toEqual({});
    expect(application.now).toBe(86_400_000);
  });

  it('documents a dead letter', async () => {
    const application = await start();
    // #region dead-letter
    await application.receives({ type: 'measured', data: { place: 'Oslo', degrees: 4000 } });
    await application.settleRetries();

    expect(application.deadLetters()).toMatchObject([{ target: 'weather/station/Oslo', reason: '4000 °C is no weather', attempts: 2 }]);
    // #endregion dead-letter
  });

  it('tries a failing message again when the clock moves, and keeps it as a dead letter that can be redriven', async () => {
    const application = await start();
    await application.receives(measured('Oslo', 4000));
    expect(application.deadLetters()).toEqual([]);
    await application.settleRetries();
    expect(application.deadLetters()).toMatchObject([
      { kind: 'message', target: 'weather/station/Oslo', reason: '4000 °C is no weather', attempts: 2 },
    ]);
    expect(application.egress()).toEqual([]);
    await application.redrive(application.deadLetters()[0]?.id ?? '');
    await application.settleRetries();
    expect(application.deadLetters()).toMatchObject([{ attempts: 2 }]);
  });

  it.each([
    { name: 'is empty', record: '', code: 'RECORD_EMPTY' },
    { name: 'is no JSON', record: '{"', code: 'RECORD_NOT_JSON' },
    { name: 'is not UTF-8', record: Buffer.from([0xff]), code: 'RECORD_NOT_UTF8' },
    { name: 'is no CloudEvent', record: '{"type":"measured"}', code: 'INVALID_CLOUD_EVENT' },
    { name: 'no forwarder takes', record: '{"specversion":"1.0","id":"1","source":"/s","type":"unheard-of"}', code: 'NO_FORWARDER' },
  ])('shows a record that $name as a dead letter', async ({ record, code }) => {
    const application = await start();
    await application.receives(record);
    expect(application.deadLetters()).toMatchObject([{ kind: 'record', code }]);
  });

  it('times out a handler that never settles, with the clock', async () => {
    const application = await start();
    await application.receives({ type: 'hang', data: { place: 'Oslo' } });
    await application.receives(measured('Oslo', 1));
    expect(application.egress()).toEqual([]);
    await application.settleRetries();
    expect(application.deadLetters()).toMatchObject([{ code: 'HANDLER_TIMEOUT', attempts: 2 }]);
    expect(application.egress()).toHaveLength(1);
  });

  it('makes a new instance for every message, so that a field is no state', async () => {
    @StatefunFunction(stationType)
    class CountingFunction {
      private count = 0;

      @Handles()
      onAny(_event: CloudEvent, context: Context): void {
        context.egress('weather/out', { type: 'count', data: ++this.count });
      }
    }
    const application = await start(weather({ functions: [CountingFunction, WatchFunction] }));
    await application.receives(measured('Oslo', 1));
    await application.receives(measured('Oslo', 1));
    expect(application.egress().map(({ event }) => event.data)).toEqual([1, 1]);
  });

  it('rejects with the reason when a function stops the engine', async () => {
    @StatefunFunction(stationType, { retry: { attemptsMax: 1 }, onFailure: 'stop' })
    class StoppingFunction {
      @Handles()
      onAny(): void {
        throw new Error('stop here');
      }
    }
    const application = await start(weather({ functions: [StoppingFunction, WatchFunction] }));
    await expect(application.receives(measured('Oslo', 1))).rejects.toThrow('stop here');
    await expect(application.receives(measured('Oslo', 1))).rejects.toThrow('stop here');
  });

  it('reports every mistake of the application', async () => {
    await expect(testApplication(weather({ providers: [] }))).rejects.toThrow('PROVIDER_MISSING');
    await expect(start(weather(), { given: [{ function: 'weather/unknown', id: '1' }] })).rejects.toThrow('UNKNOWN_FUNCTION');
  });
});

describe('TestApplication.play', () => {
  const event = (id: string, { type, data }: NewEvent): object => ({ specversion: '1.0', id, source: '/test', type, data });

  it('plays a fixture that is a whole test', async () => {
    const application = await start();
    const path = fixture([
      event('1', watched('Oslo', 'w1')),
      event('2', measured('Oslo', -3)),
      { type: 'test.expect-egress', data: { egress: 'weather/out', key: 'Oslo', data: { degrees: -3 } } },
      { type: 'test.expect-egress', data: { egress: 'weather/alarm', type: 'frost' } },
      { type: 'test.expect-state', data: { function: 'weather/watch', id: 'w1', state: { $exactly: { cold: true } } } },
      { type: 'test.delay', data: '1d' },
      { type: 'test.expect-egress', data: { type: 'over' } },
      { type: 'test.expect-state', data: { function: 'weather/watch', id: 'w1', state: { $absent: true } } },
    ]);
    expect(await application.play(path)).toEqual({ events: 2, egress: 3, expectations: 5 });
  });

  it('names the line of an expectation that fails', async () => {
    const application = await start();
    const path = fixture([event('1', measured('Oslo', -3)), { type: 'test.expect-egress', data: { data: { degrees: 3 } } }]);
    await expect(application.play(path)).rejects.toThrow(`${path}:2: data.degrees is -3, expected 3`);
  });

  it('fails for events nobody expected, once something is expected', async () => {
    const application = await start();
    const path = fixture([event('1', measured('Oslo', 1)), { type: 'test.expect-egress', data: {} }, event('2', measured('Oslo', 2))]);
    await expect(application.play(path)).rejects.toThrow(`${path}:2: it is the last one, and an event nobody expected came`);
  });

  it('keeps what leaves only as long as it is told to', async () => {
    const application = await start();
    const left: string[] = [];
    const path = fixture([
      event('1', measured('Oslo', 1)),
      event('2', measured('Oslo', 2)),
      { type: 'test.expect-egress', data: { count: 2 } },
    ]);

    await application.play(path, { keepEgress: false, onEgress: (events) => void left.push(...events.map(({ event: { type } }) => type)) });

    expect(left).toEqual(['measured', 'measured']);
    expect(application.egress()).toEqual([]);
  });

  it('gives the same events, with the same ids, in every run', async () => {
    const path = fixture([event('1', watched('Oslo', 'w1')), event('2', measured('Oslo', -3))]);
    const run = async (): Promise<unknown> => {
      const application = await testApplication(weather());
      await application.play(path);
      await application.stop();
      return application.egress();
    };
    expect(await run()).toEqual(await run());
  });
});
