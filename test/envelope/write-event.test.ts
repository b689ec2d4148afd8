import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCloudEvent } from '../../src/envelope/check-cloud-event.ts';
import { CloudEvent, type NewEvent } from '../../src/envelope/cloud-event.ts';
import { fillEvent, toPlainEvent, writeWithData, type EventDefaults } from '../../src/envelope/complete-event.ts';
import { checkJson } from '../../src/envelope/freeze-json.ts';
import { writeEvent } from '../../src/envelope/write-event.ts';
import type { JsonText, KnownTexts } from '../../src/shared/json-writer.ts';
import { walkJson } from '../../src/shared/walk-json.ts';
import { oddEvent } from './odd-events.ts';

const defaults = { id: 'message-1', source: '/functions/shop', timeMs: Date.UTC(2026, 0, 1) };

describe('writeEvent', () => {
  it('writes a new event as JSON under the id of its message', () => {
    const written = writeEvent({ type: 'shop.sold', id: 'mine', data: { id: 'a', gone: undefined } }, defaults);
    expect(written.payload).toBe(
      '{"specversion":"1.0","id":"message-1","source":"/functions/shop","type":"shop.sold","time":"2026-01-01T00:00:00.000Z",' +
        '"datacontenttype":"application/json","data":{"id":"a"}}',
    );
  });

  it('gives an event that is passed on the id of its message, and keeps the rest', () => {
    const passedOn = { specversion: '1.0', id: 'theirs', source: '/theirs', type: 't', time: '2020-01-01T00:00:00Z', shop: 'x', data: 1 };
    const { payload } = writeEvent(passedOn, defaults);
    expect(JSON.parse(payload)).toEqual({ ...passedOn, id: 'message-1', datacontenttype: 'application/json' });
  });

  it('counts the bytes of the text, not its characters', () => {
    const { payload, payloadBytes } = writeEvent({ type: 't', data: 'größer €' }, defaults);
    expect(payloadBytes).toBe(Buffer.from(payload).length);
    expect(payloadBytes).toBe(payload.length + 4);
  });

  it('does not ask for the time when the event has one', () => {
    expect(writeEvent({ type: 't', data: 1, time: '2020-01-01T00:00:00Z' }, { ...defaults, timeMs: NaN }).payload).toContain('2020-01-01');
  });

  it('freezes nothing, since nothing is kept', () => {
    const data = { items: [{ id: 'a' }] };
    writeEvent({ type: 't', data }, defaults);
    expect([data, data.items, data.items[0]].some(Object.isFrozen)).toBe(false);
  });

  it('writes an event that a getter of another event sends', () => {
    const inner: string[] = [];
    const data = {
      before: 'ä',
      get within() {
        inner.push(exactly({ type: 'inner', data: 'x' }));
        expect(() => writeEvent({ type: 'inner', data: NaN }, defaults)).toThrow('INVALID_CLOUD_EVENT');
        return 1;
      },
      after: 'x',
    };
    expect(exactly({ type: 'outer', data })).toContain('"data":{"before":"ä","within":1,"after":"x"}}');
    expect(inner).toEqual([expect.stringContaining('"data":"x"}')]);
    expect(exactly({ type: 'next', data: 'ö' })).toContain('"data":"ö"}');
  });

  it('refuses what completeEvent refuses', () => {
    expect(() => writeEvent({ type: 't', data: { at: new Date(0) } }, defaults)).toThrow('EVENT_NOT_SERIALIZABLE: "data.at" of the event');
    expect(() => writeEvent({ type: '', data: 1 }, defaults)).toThrow('INVALID_CLOUD_EVENT');
  });

  it('writes an object whose text is known with this text, and refuses one that would lie too deep', () => {
    const own = { id: 'ä' };
    const known = textsOf([[own, { text: '{"id":"ä"}', ascii: false }]]);
    const { payload, payloadBytes } = writeEvent({ type: 't', data: { items: [own, { id: 'b' }, own] } }, defaults, undefined, known);
    expect(payload).toContain('"data":{"items":[{"id":"ä"},{"id":"b"},{"id":"ä"}]}');
    expect(payloadBytes).toBe(payload.length + 2);
    const nested = (levels: number): unknown => (levels === 0 ? own : [nested(levels - 1)]);
    expect(writeEvent({ type: 't', data: nested(499) }, defaults, undefined, known).payload).toContain('[{"id":"ä"}]');
    expect(() => writeEvent({ type: 't', data: nested(500) }, defaults, undefined, known)).toThrow('is nested more than 500 levels deep');
  });

  it.each([
    ['a property of every object', Object.prototype, 'added', 1],
    ['toJSON of arrays', Array.prototype, 'toJSON', () => 'other'],
  ])('writes what a changed prototype adds as the long way does: %s', (_, prototype, name, value) => {
    const event = { type: 't', data: { a: [{ b: 1 }] } };
    Object.defineProperty(prototype, name, { value, enumerable: true, configurable: true, writable: true });
    const [written, expected] = [outcomeOf(() => writeEvent(event, defaults).payload), outcomeOf(() => writeTheLongWay(event, defaults))];
    Reflect.deleteProperty(prototype, name);
    expect(written).toBe(expected);
    expect(written).toMatch(/"added":1|"other"/);
  });

  it('writes byte for byte what the long way writes, and throws the same errors', () => {
    const seen = { texts: 0, errors: new Set<string>() };
    const property = fc.property(oddEvent, fc.boolean(), (event, knows) => {
      const expected = outcomeOf(() => writeTheLongWay(event, defaults));
      const outcome = outcomeOf(() => exactly(event as NewEvent, undefined, knows ? everyThirdObjectOf(event) : undefined));
      expect(outcome).toBe(expected);
      if (expected.startsWith('{')) seen.texts += 1;
      else seen.errors.add(/[A-Z_]{5,}/.exec(expected)?.[0] ?? expected);
    });
    fc.assert(property, { seed: 20_261_128, numRuns: 4_000 });
    expect(seen.texts).toBeGreaterThan(1_000);
    expect([...seen.errors].sort()).toEqual(['EVENT_NOT_SERIALIZABLE', 'INVALID_CLOUD_EVENT']);
  });

  it('writes the received text of data that is passed on', () => {
    const built = new CloudEvent({ id: '1', source: '/s', type: 't', data: { amount: 1 } });
    for (const event of [{ type: 't', data: built.data }, built]) {
      const dataText = '{"amount": 1.000000000000000000001}';
      expect(exactly(event, dataText)).toBe(writeTheLongWay(event, defaults, dataText));
    }
  });
});

/** Completes, checks and walks a copy, and then writes it. */
function writeTheLongWay(event: unknown, defaults: EventDefaults, dataText?: string): string {
  const filled = fillEvent(toPlainEvent(event as object), defaults, defaults.id);
  checkCloudEvent(filled);
  checkJson(filled);
  return dataText === undefined ? JSON.stringify(filled) : writeWithData(filled, dataText);
}

function exactly(event: NewEvent, dataText?: string, known?: KnownTexts): string {
  const { payload, payloadBytes } = writeEvent(event, defaults, dataText, known);
  expect(payloadBytes).toBe(Buffer.from(payload).length);
  return payload;
}

function outcomeOf(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return String(error);
  }
}

function textsOf(texts: readonly (readonly [object, JsonText])[]): KnownTexts {
  const byObject = new Map(texts);
  return { textOf: (value, depthMax) => (isWithin(value, depthMax) ? byObject.get(value) : undefined) };
}

/** Texts of objects within an event that JSON keeps, as a state knows those of its own values. */
function everyThirdObjectOf(event: unknown): KnownTexts {
  const texts: [object, JsonText][] = [];
  let count = 0;
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 20) return;
    if (count++ % 3 === 0 && isWithin(value, 500)) {
      const text = JSON.stringify(value);
      texts.push([value, { text, ascii: Buffer.byteLength(text) === text.length }]);
    }
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit((event as NewEvent | null | undefined)?.data, 0);
  return textsOf(texts);
}

function isWithin(value: object, depthMax: number): boolean {
  return typeof walkJson(value, { depthMax, freeze: false }) === 'number';
}
