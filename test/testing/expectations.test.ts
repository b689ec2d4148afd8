import { afterEach, describe, expect, it } from '@jest/globals';
import { ExpectationError } from '../../src/testing/expectations/expectation-error.ts';
import { testApplication, type TestApplication } from '../../src/testing/test-application.ts';
import { event, probe } from './probe-function.ts';
import { measured, WatchFunction, watched, weather } from './weather-application.ts';

let running: TestApplication | undefined;

async function start(): Promise<TestApplication> {
  running = await testApplication(weather());
  await running.receives(watched('Oslo', 'w1'));
  await running.receives(measured('Oslo', -3));
  return running;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** What a person reads, without the code. */
async function textOf(failing: () => unknown): Promise<string> {
  try {
    await failing();
  } catch (error) {
    expect(error).toBeInstanceOf(ExpectationError);
    return (error as Error).message.replace('EXPECTATION_FAILED: ', '').split('\n')[0] ?? '';
  }
  throw new Error('the expectation held');
}

describe('expectations of an application', () => {
  it('hold where everything is as expected', async () => {
    const application = await start();
    // #region expect
    application.expectEgress('weather/alarm', [{ key: 'w1', type: 'frost', data: { watch: 'w1' } }]);
    await application.expectState(WatchFunction, 'w1', { cold: true });
    application.expectDeadLetters([]);
    // #endregion expect
    application.expectEgress('weather/alarm', [{ data: { watch: expect.stringMatching(/^w/) } }]);
    await application.expectState(WatchFunction, 'nobody', { $absent: true });
  });

  it('name the first place where an event differs', async () => {
    const application = await start();

    expect(await textOf(() => application.expectEgress('weather/alarm', [{ data: { watch: 'w2' } }]))).toBe(
      'egress "weather/alarm": [0].data.watch is "w1", expected "w2".',
    );
    expect(await textOf(() => application.expectEgress('weather/alarm', [{ data: { watch: expect.any(Number) } }]))).toBe(
      'egress "weather/alarm": [0].data.watch is "w1", expected "Any<Number>".',
    );
  });

  it('show the first event that is missing, and the first that is too many', async () => {
    const application = await start();

    expect(await textOf(() => application.expectEgress('weather/alarm', [{}, { type: 'over' }]))).toBe(
      'egress "weather/alarm": 1 event, expected 2; missing from [1]: {"type":"over"}.',
    );
    expect(await textOf(() => application.expectEgress('weather/alarm', []))).toMatch(
      /^egress "weather\/alarm": 1 event, expected 0; too many from \[0\]: \{"key":"w1",/,
    );
    expect(await textOf(() => application.expectEgress('weather/other', [{}]))).toBe(
      'egress "weather/other" (events left through weather/out, weather/alarm): 0 events, expected 1; missing from [0]: {}.',
    );
  });

  it('name the line of the fixture that led to an event', async () => {
    const application = await testApplication(weather());
    running = application;
    const line = JSON.stringify({ specversion: '1.0', id: '1', source: '/s', ...measured('Oslo', 5) });
    await application.play({
      name: 'cold.jsonl',
      bytes: (async function* () {
        yield Buffer.from(`\n${line}\n`);
      })(),
    });

    expect(await textOf(() => application.expectEgress('weather/out', [{ data: { degrees: 6 } }]))).toBe(
      'egress "weather/out": [0].data.degrees is 5, expected 6 (it came after cold.jsonl:2).',
    );
  });

  it('compare states and dead letters', async () => {
    const application = await start();

    expect(await textOf(() => application.expectState(WatchFunction, 'w1', { cold: false }))).toBe(
      'state of weather/watch/w1: cold is true, expected false.',
    );
    expect(await textOf(() => application.expectState(WatchFunction, 'w1', { $absent: true }))).toBe(
      'state of weather/watch/w1: is {"cold":true}, expected to be absent.',
    );
    await application.receives('no event');
    expect(await textOf(() => application.expectDeadLetters([]))).toMatch(
      /^dead letters: 1 dead letter, expected 0; too many from \[0\]: .*RECORD_NOT_JSON/,
    );
    application.expectDeadLetters([{ kind: 'record', code: 'RECORD_NOT_JSON' }]);
  });

  it('carry both sides as fields, for runners that show them', async () => {
    const application = await start();
    let failure: unknown;
    try {
      application.expectEgress('weather/alarm', [{ key: 'w2' }]);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'EXPECTATION_FAILED', expected: [{ key: 'w2' }], actual: [{ key: 'w1', type: 'frost' }] });
  });
});

describe('expectations of one function', () => {
  it('compare state, messages and egress', async () => {
    const test = await probe({ id: '1', subscribers: [{ type: 'test/other', id: '2' }] });
    await test.receives(event('publish', 5));

    test.expectSent([{ to: { type: 'test/other', id: '2' }, event: { type: 'published', data: 5 } }]);
    test.expectState({ $absent: true });
    test.expectEgress('test/out', []);
    expect(await textOf(() => test.expectSent([{ event: { data: 6 } }]))).toBe(
      'messages of test/probe/1: [0].event.data is 5, expected 6.',
    );
    expect(await textOf(() => test.expectState({ count: 1 }))).toBe('state of test/probe/1: count is absent, expected 1.');
    expect(await textOf(() => test.expectEgress('test/out', [{}]))).toBe('egress "test/out": 0 events, expected 1; missing from [0]: {}.');
  });
});
