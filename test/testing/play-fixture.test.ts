import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { hasCode } from '../../src/shared/errors.ts';
import { ExpectedEgress } from '../../src/testing/egress-expectation.ts';
import { ExpectationError } from '../../src/testing/expectation-error.ts';
import { playFixture, type PlayOptions, type PlaySummary, type Stage } from '../../src/testing/play-fixture.ts';

/** Lets every event leave again through the egress its data names, and writes down what it is asked to do. */
class EchoStage implements Stage {
  readonly calls: string[] = [];
  readonly defaultAddress = undefined;
  readonly #egress: ReturnType<Stage['takeEgress']>[number][] = [
    { egressId: 'e/old', key: undefined, event: { id: 'before' } as CloudEvent },
  ];

  receive(event: CloudEvent): Promise<void> {
    this.calls.push(`receive ${event.id}`);
    const { egress, fails } = event.data as { egress?: string; fails?: string };
    if (fails !== undefined) return Promise.reject(new Error(fails));
    if (egress !== undefined) this.#egress.push({ egressId: egress, key: 'k', event });
    return Promise.resolve();
  }

  advance(delayMs: number): Promise<void> {
    this.calls.push(`advance ${delayMs}`);
    return Promise.resolve();
  }

  settle(): Promise<void> {
    this.calls.push('settle');
    return Promise.resolve();
  }

  takeEgress(): ReturnType<Stage['takeEgress']> {
    return this.#egress.splice(0);
  }

  state({ type, id }: { type: string; id: string }): Promise<Record<string, unknown> | undefined> {
    const states: Record<string, Record<string, unknown>> = { full: { count: 2, items: { p1: { quantity: 1 } } }, empty: {} };
    return Promise.resolve(type === 'example/cart' ? states[id] : undefined);
  }
}

const eventLine = (id: string, data: object = {}): object => ({ specversion: '1.0', id, source: '/s', type: `example.${id}`, data });
const expectEgress = (data: object): object => ({ type: 'test.expect-egress', data });
const expectState = (data: object): object => ({ type: 'test.expect-state', data });

async function play(lines: readonly object[], options: PlayOptions = {}, stage = new EchoStage()): Promise<PlaySummary> {
  const bytes = (async function* () {
    for (const line of lines) yield Promise.resolve(Buffer.from(`${JSON.stringify(line)}\n`));
  })();
  return playFixture(stage, { name: 'f.jsonl', bytes }, options);
}

async function failureOf(lines: readonly object[]): Promise<ExpectationError> {
  const failure: unknown = await play(lines).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ExpectationError);
  return failure as ExpectationError;
}

describe('playFixture', () => {
  it('plays events in order and moves the clock only where lines say so', async () => {
    const stage = new EchoStage();
    const between = { type: 'test.delay-between-events', data: 500 };
    await play(
      [eventLine('1'), { type: 'test.delay', data: 70 }, between, eventLine('2'), { type: 'test.comment', data: 'x' }, eventLine('3')],
      {},
      stage,
    );
    expect(stage.calls).toEqual(['receive 1', 'advance 70', 'receive 2', 'advance 500', 'receive 3', 'advance 500', 'settle']);
  });

  it('counts, passes comments on, and hands over egress before the next line is played', async () => {
    const seen: string[] = [];
    const stage = new EchoStage();
    const summary = await play(
      [{ type: 'test.comment', data: 'hello' }, eventLine('1', { egress: 'e/a' }), eventLine('2'), expectEgress({})],
      {
        onComment: (text) => seen.push(`comment ${text}`),
        onEgress: async (events) => {
          await new Promise(setImmediate);
          seen.push(`${events.map(({ egressId, event }) => `${egressId} ${event.id}`).join()} after ${stage.calls.length}`);
        },
      },
      stage,
    );
    expect(seen).toEqual(['comment hello', 'e/a 1 after 1']);
    expect(summary).toEqual({ events: 2, egress: 1, expectations: 1 });
  });

  it('names the line of an event that fails', async () => {
    const failure: unknown = await play([{ type: 'test.comment' }, eventLine('1', { fails: 'boom' })]).catch((error: unknown) => error);
    expect(hasCode(failure, 'FIXTURE_EVENT_FAILED')).toBe(true);
    expect((failure as Error).message).toContain('f.jsonl:2: event 1 failed: boom');
  });
});

describe('test.expect-egress', () => {
  const three = [eventLine('1', { egress: 'e/a' }), eventLine('2', { egress: 'e/b' }), eventLine('3', { egress: 'e/a' })];

  it.each([
    {
      name: 'the next events in order',
      lines: [expectEgress({ type: 'example.1' }), expectEgress({ type: 'example.2' }), expectEgress({ key: 'k' })],
    },
    {
      name: 'the next of each egress',
      lines: [expectEgress({ egress: 'e/b' }), expectEgress({ type: 'example.1' }), expectEgress({ egress: 'e/a', type: 'example.3' })],
    },
    { name: 'several at once', lines: [expectEgress({ egress: 'e/a', count: 2, key: 'k' }), expectEgress({ egress: 'e/b' })] },
    { name: 'parts of the data', lines: [expectEgress({ data: { egress: 'e/a' } }), expectEgress({ rest: 'any' })] },
    { name: 'that nothing matches, among those not expected yet', lines: [expectEgress({ count: 3 }), expectEgress({ count: 0 })] },
    { name: 'that nothing of a kind came', lines: [expectEgress({ type: 'example.4', count: 0 }), expectEgress({ rest: 'any' })] },
    { name: 'nothing at all, where no line expects', lines: [] },
  ])('takes $name', async ({ lines }) => {
    expect((await play([...three, ...lines])).expectations).toBe(lines.length);
  });

  it('does not see what left before the fixture', async () => {
    expect((await play([expectEgress({ count: 0 })])).expectations).toBe(1);
  });

  it('shows where the event differs, and both sides as fields', async () => {
    const failure = await failureOf([...three, expectEgress({ egress: 'e/a', data: { egress: 'e/c' } })]);
    expect(failure.code).toBe('EXPECTATION_FAILED');
    expect(failure.message).toContain('test.expect-egress at f.jsonl:4: data.egress is "e/a", expected "e/c" (it came after f.jsonl:1).');
    expect(failure.expected).toEqual({ egress: 'e/a', data: { egress: 'e/c' } });
    expect(failure.actual).toMatchObject({ egress: 'e/a', key: 'k', id: '1', type: 'example.1' });
  });

  it.each([
    { name: 'when no event is left', lines: [...three, expectEgress({ count: 4 })], says: 'f.jsonl:4: no event is left (4 of 4)' },
    {
      name: 'when no event of the egress is left',
      lines: [...three, expectEgress({ egress: 'e/c' })],
      says: 'f.jsonl:4: no event of egress "e/c" is left',
    },
    {
      name: 'when an event came that should not',
      lines: [...three, expectEgress({ count: 0, type: 'example.3' })],
      says: 'f.jsonl:4: an event came that was expected not to come',
    },
    {
      name: 'at the end, when events are left',
      lines: [...three, expectEgress({})],
      says: 'f.jsonl:4: it is the last one, and 2 events nobody expected came',
    },
    { name: 'when an event comes after its line', lines: [expectEgress({}), ...three], says: 'f.jsonl:1: no event is left' },
  ])('fails $name', async ({ lines, says }) => {
    expect((await failureOf(lines)).message).toContain(says);
  });
});

describe('ExpectedEgress', () => {
  it('keeps no more than 100,000 events, and does not judge by a part of them', () => {
    const expected = new ExpectedEgress();
    const events = Array.from({ length: 100_001 }, () => ({ egressId: 'e/a', key: undefined, event: {} as CloudEvent }));
    expected.add(events);
    expected.finish();
    const expectation = { place: 'f.jsonl:9', kind: 'events', egressId: undefined, count: 1, pattern: {} } as const;
    expect(() => expected.expect(expectation)).toThrow('f.jsonl:9: more than 100000 egress events came');
  });
});

describe('test.expect-state', () => {
  const at = (id: string, state: object): object => expectState({ function: 'example/cart', id, state });

  it.each([
    { name: 'some cells', line: at('full', { count: 2 }) },
    { name: 'part of a table', line: at('full', { items: { p1: { quantity: 1 }, p2: { $absent: true } } }) },
    { name: 'all cells', line: at('full', { $exactly: { count: 2, items: { p1: { quantity: 1 } } } }) },
    { name: 'no state', line: at('empty', { $absent: true }) },
    { name: 'an absent cell', line: at('empty', { count: { $absent: true } }) },
  ])('accepts $name', async ({ line }) => {
    expect((await play([line])).expectations).toBe(1);
  });

  it.each([
    {
      name: 'a cell that differs',
      line: at('full', { items: { p1: { quantity: 5 } } }),
      says: 'f.jsonl:1: items.p1.quantity of example/cart/full is 1, expected 5',
    },
    {
      name: 'state that should not be',
      line: at('full', { $absent: true }),
      says: 'f.jsonl:1: the state of example/cart/full is {"count":2',
    },
    { name: 'a missing cell', line: at('empty', { count: 1 }), says: 'count of example/cart/empty is absent, expected 1' },
  ])('fails for $name', async ({ line, says }) => {
    expect((await failureOf([line])).message).toContain(says);
  });

  it.each([
    { name: 'names no address', line: expectState({ state: {} }), says: 'f.jsonl:1: test.expect-state names no address' },
    {
      name: 'names a function that is not there',
      line: expectState({ function: 'example/crat', id: '1', state: {} }),
      says: 'f.jsonl:1: example/crat/1 is not part of this test',
    },
  ])('is refused when it $name', async ({ line, says }) => {
    await expect(play([line])).rejects.toThrow(says);
  });
});
