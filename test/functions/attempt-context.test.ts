import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Envelope } from '../../src/envelope/envelope.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { Context } from '../../src/functions/context.ts';
import { EngineBed } from '../engine/engine-bed.ts';

const asked: { act: (context: Context) => void } = { act: () => undefined };

@StatefunFunction('test/asked')
class Asked {
  @Handles('act') onAct(_event: unknown, context: Context): void {
    asked.act(context);
  }
  @Handles() onOther(): void {}
}

/** The context as handlers meet it: in an engine. */
const aValue = { typename: 'demo/value', hasValue: true, value: Buffer.from('x') };

describe('AttemptContext', () => {
  let bed: EngineBed;
  beforeEach(async () => {
    bed = await EngineBed.start([Asked]);
  });
  afterEach(() => bed.engine.stop());
  const act = async (handler: (context: Context) => void): Promise<void> => {
    asked.act = handler;
    await bed.receives('test/asked/a', 'act');
  };

  it('says who is asked, by whom and when', async () => {
    let seen: unknown;
    await act((context) => (seen = [context.self, context.caller, context.now(), context.signal.aborted]));
    expect(seen).toEqual([{ type: 'test/asked', id: 'a' }, undefined, bed.clock.now(), false]);
  });

  it.each([Number.MAX_VALUE, 9_000_000_000_000_000, '999999999999d'])('sends after %p what is due at the end of time', async (delay) => {
    await act((context) => context.sendAfter(delay, 'test/asked', 'x', { type: 't', data: 1 }));
    expect(bed.engine.pendingDelayed().map(({ dueAt }) => new Date(dueAt).toISOString())).toEqual(['+275760-09-13T00:00:00.000Z']);
  });

  it('sends a record under the key that a restart would read', async () => {
    await act((context) => context.egress('test/out', { type: 't', data: 1 }, { key: 'a\ud800' }));
    expect(bed.out.records.map(({ key }) => key)).toEqual(['a\ufffd']);
  });

  it('gives every event its own id, also one that a getter of another event sends', async () => {
    await act((context) => {
      const data = { at: 'ä' };
      const inner = { type: 't', data: 1 };
      context.egress('test/out', {
        type: 't',
        get data() {
          context.egress('test/out', inner);
          return data;
        },
      });
    });
    const { records, events } = bed.out;
    expect(events.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.length).toBeGreaterThan(1);
  });

  it('does not count bytes that it has refused', async () => {
    await act((context) => {
      for (let index = 0; index < 5; index += 1)
        expect(() => context.egress('test/out', { type: 't', data: 'x'.repeat(17_000_000) })).toThrow('MESSAGE_TOO_LARGE');
      context.egress('test/out', { type: 't', data: 64 });
    });
    expect(bed.egressData).toEqual([64]);
  });

  it.each<[string, (context: Context) => void]>([
    ['UNKNOWN_FUNCTION', (context) => context.send('test/nobody', 'x', { type: 't', data: 1 })],
    ['INVALID_ADDRESS_ID', (context) => context.send('test/asked', '', { type: 't', data: 1 })],
    ['INVALID_ADDRESS_ID', (context) => context.subscribe('test/asked', '\ud800')],
    ['UNKNOWN_EGRESS', (context) => context.egress('test/nowhere', { type: 't', data: 1 })],
    ['NO_CALLER', (context) => context.reply({ type: 't', data: 1 })],
    ['INVALID_DURATION', (context) => context.sendAfter(-1, 'test/asked', 'x', { type: 't', data: 1 })],
    [
      'DELAY_TOKEN_INVALID',
      (context) => context.sendAfter(1, 'test/asked', 'x', { type: 't', data: 1 }, { cancellationToken: 'x'.repeat(65_537) }),
    ],
    ['DELAY_TOKEN_INVALID', (context) => context.cancelDelayed(7 as never)],
    ['PARTITION_KEY_INVALID', (context) => context.egress('test/out', { type: 't', data: 1 }, { key: 'ü'.repeat(32_769) })],
    ['PARTITION_KEY_INVALID', (context) => context.egress('test/out', { type: 't', data: 1 }, { key: 7 as never })],
    ['EVENT_NOT_SERIALIZABLE', (context) => context.send('test/asked', 'x', { type: 't', data: { at: new Date(0) } })],
    ['INVALID_CLOUD_EVENT', (context) => context.send('test/asked', 'x', undefined as never)],
    ['UNKNOWN_FUNCTION', (context) => context.sendTyped('test/nobody', 'x', aValue)],
    ['UNKNOWN_EGRESS', (context) => context.egressTyped('test/nowhere', aValue)],
    ['TYPENAME_INVALID', (context) => context.sendTyped('test/asked', 'x', { ...aValue, typename: 'none' })],
    ['TYPENAME_INVALID', (context) => context.sendTypedAfter(1, 'test/asked', 'x', 'text' as never)],
    ['TYPENAME_INVALID', (context) => context.egressTyped('test/out', { type: 't', data: 1 } as never)],
    ['MESSAGE_TOO_LARGE', (context) => context.sendTyped('test/asked', 'x', { ...aValue, value: Buffer.alloc(17_000_000) })],
    ['MESSAGE_TOO_LARGE', (context) => context.send('test/asked', 'x', { type: 't', data: 'x'.repeat(17_000_000) })],
    [
      'TOO_MANY_EFFECTS',
      (context) => {
        for (let count = 0; count < 10; count += 1) context.send('test/asked', 'x', { type: 't', data: 'x'.repeat(10_000_000) });
      },
    ],
  ])('throws %s where it is called (%#)', async (code, call) => {
    let failure: unknown;
    await act((context) => {
      try {
        call(context);
      } catch (error) {
        failure = error;
      }
    });
    expect(failure).toMatchObject({ code });
  });

  it('gives each effect an id of its own that is the same on every attempt', async () => {
    const ids: string[] = [];
    let failures = 1;
    await act((context) => {
      ids.push(context.messageId);
      context.egress('test/out', { type: 'one', data: 1 });
      context.egress('test/out', { type: 'two', data: 2 });
      if (failures-- > 0) throw new Error('again');
    });
    await bed.advance(1_000);
    expect(new Set(ids).size).toBe(1);
    expect(bed.out.records).toHaveLength(2);
    expect(new Set([...bed.out.records.map(({ id }) => id), ...ids]).size).toBe(3);
    expect(bed.out.events.map(({ id }) => id)).toEqual(bed.out.records.map(({ id }) => id));
  });

  it('takes a token back and sets it again within one attempt', async () => {
    const later = (context: Context): void =>
      context.sendAfter('1s', 'test/asked', 'x', { type: 't', data: 1 }, { cancellationToken: 'expiry' });
    await act((context) => {
      later(context);
      expect(() => later(context)).toThrow('DELAYED_TOKEN_IN_USE');
      context.cancelDelayed('expiry');
      later(context);
    });
    expect(bed.engine.pendingDelayed()).toHaveLength(1);
    await act((context) => {
      context.cancelDelayed('expiry');
      later(context);
    });
    expect(bed.engine.deadLetters()).toEqual([]);
    expect(bed.engine.pendingDelayed()).toHaveLength(1);
  });

  it('keeps the partition key that is given and otherwise the own id', async () => {
    await act((context) => {
      context.egress('test/out', { type: 't', data: 1 }, { key: 'k' });
      context.egress('test/out', { type: 't', data: 1 });
    });
    expect(bed.out.records.map(({ key }) => key)).toEqual(['k', 'a']);
    expect(bed.out.records.every(({ data }) => Envelope.ofPayload(data).event.specversion === '1.0')).toBe(true);
  });
});
