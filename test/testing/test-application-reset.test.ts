import { afterEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { testApplication, type TestApplication } from '../../src/testing/test-application.ts';
import { measured, StationFunction, stationType, watched, WatchFunction, weather } from './weather-application.ts';

let running: TestApplication | undefined;

async function start(...parameters: Parameters<typeof testApplication>): Promise<TestApplication> {
  return (running = await testApplication(...parameters));
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

describe('TestApplication.reset', () => {
  it('begins again with state, clock and records of its own, and the same singletons', async () => {
    const made: object[] = [];
    const counter = { provide: 'unit', useFactory: () => (made.push({}), '°C') };
    const application = await start(weather({ providers: [counter] }), {
      now: 0,
      given: [{ function: StationFunction, id: 'Oslo', state: { last: 5 } }],
    });
    const run = async (): Promise<unknown> => {
      await application.receives(watched('Oslo', 'w1'));
      await application.receives(measured('Oslo', -3));
      await application.receives('no event');
      await application.advance('1h');
      return [application.egress(), application.pending(), application.statistics().recordsTaken];
    };
    const first = await run();

    await application.reset();

    expect(application.now).toBe(0);
    expect(application.egress()).toEqual([]);
    expect(application.pending()).toEqual([]);
    expect(application.deadLetters()).toEqual([]);
    expect(await application.state(StationFunction, 'Oslo')).toEqual({ last: 5 });
    expect(await application.state(WatchFunction, 'w1')).toEqual({});
    expect(await run()).toEqual(first);
    expect(made).toHaveLength(1);
  });

  it('documents tests that share an application', async () => {
    const weatherApplication = weather();
    // #region reset
    const application = await testApplication(weatherApplication);

    await application.receives({ type: 'measured', data: { place: 'Oslo', degrees: 4 } });
    application.expectEgress('weather/out', [{ key: 'Oslo', data: { degrees: 4 } }]);

    await application.reset();

    application.expectEgress('weather/out', []);
    await application.expectState(StationFunction, 'Oslo', { $absent: true });
    await application.stop();
    // #endregion reset
  });

  it('takes other state and another time', async () => {
    const application = await start(weather(), { given: [{ function: StationFunction, id: 'Oslo', state: { last: 5 } }] });

    await application.reset({ now: 7, given: [{ function: StationFunction, id: 'Rome', state: { last: 20 } }] });

    expect(application.now).toBe(7);
    expect(await application.state(StationFunction, 'Oslo')).toEqual({});
    expect(await application.state(StationFunction, 'Rome')).toEqual({ last: 20 });
  });

  it('goes on after a function has stopped the engine, or hangs', async () => {
    @StatefunFunction(stationType, { retry: { attemptsMax: 1 }, onFailure: 'stop' })
    class StoppingFunction {
      @Handles()
      onAny({ type }: CloudEvent): Promise<void> | undefined {
        if (type === 'hang') return new Promise(() => undefined);
        throw new Error('stop here');
      }
    }
    const application = await start(weather({ functions: [StoppingFunction, WatchFunction] }));
    await expect(application.receives(measured('Oslo', 1))).rejects.toThrow('stop here');

    await application.reset();
    await application.receives({ type: 'hang', data: { place: 'Oslo' } });
    await application.reset();

    expect(application.statistics()).toMatchObject({ messagesPending: 0, recordsTaken: 0 });
  });
});
