import { afterEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import { fitToHeap } from '../../../src/engine/partition/message-budget.ts';
import { EngineBed } from '../engine-bed.ts';

type Kind = 'send' | 'delay' | 'egress';

interface Order {
  readonly kind: Kind;
  readonly count: number;
  readonly text?: string;
}

@StatefunFunction('test/sender')
class Sender {
  @Handles('order')
  onOrder({ data }: CloudEvent<Order>, context: Context): void {
    for (let index = 0; index < data.count; index += 1) {
      const event = { type: 'note', data: { index, text: data.text } };
      if (data.kind === 'send') context.send('test/leaf', String(index), event);
      else if (data.kind === 'delay') context.sendAfter('1h', 'test/leaf', String(index), event);
      else context.egress('test/out', event);
    }
  }

  @Handles('slow-order')
  async onSlowOrder(event: CloudEvent<Order>, context: Context): Promise<void> {
    this.onOrder(event, context);
    await new Promise(setImmediate);
  }
}

/** Each message leads to two. */
@StatefunFunction('test/doubler', { retry: { attemptsMax: 2, delay: '1s' } })
class Doubler {
  @Handles('double')
  onDouble(event: CloudEvent, context: Context): void {
    for (const way of ['l', 'r']) context.send('test/doubler', `${context.self.id}${way}`.slice(-12), event);
  }
}

@StatefunFunction('test/leaf')
class Leaf {
  @Persisted() readonly notes = PersistedValue.of<number>();

  @Handles('note')
  onNote(): void {
    this.notes.set(this.notes.getOrDefault(0) + 1);
  }
}

const mebibyte = 1_024 * 1_024;

describe('what functions send', () => {
  let bed: EngineBed;
  afterEach(() => bed.engine.stop({ deadlineMs: 1_000 }));

  const codes = (): readonly string[] => bed.engine.deadLetters().map(({ code }) => code);

  it.each<[Kind]>([['send'], ['delay'], ['egress']])(
    'fails the handler when it is more than half of the heap has room for, and nothing of it is kept: %s',
    async (kind) => {
      bed = await EngineBed.start([Sender, Leaf], { heapBytesMax: 64 * mebibyte });
      await bed.receives('test/sender/a', 'order', { kind, count: 600_000 });

      expect(codes()).toEqual(['TOO_MANY_EFFECTS']);
      expect(bed.engine.statistics()).toMatchObject({ messagesPending: 0, messagesDelayed: 0, outboxRecords: 0, invocations: 0 });

      await bed.receives('test/sender/a', 'order', { kind, count: 1_000 });
      expect(codes()).toHaveLength(1);
    },
  );

  it('counts payloads, too', async () => {
    bed = await EngineBed.start([Sender, Leaf], { limits: { sentBytesMax: 100_000 } });
    await bed.receives('test/sender/a', 'order', { kind: 'send', count: 11, text: 'x'.repeat(10_000) });
    await bed.receives('test/sender/a', 'order', { kind: 'send', count: 6, text: 'x'.repeat(10_000) });
    expect(codes()).toEqual(['TOO_MANY_EFFECTS']);
    expect(bed.engine.deadLetters()[0]?.reason).toContain('at most 100000 bytes are allowed');
  });

  it('never passes the limit when messages lead to ever more messages, and what is refused is tried again and then a dead letter', async () => {
    bed = await EngineBed.start([Doubler, Sender, Leaf], { limits: { sentMessagesMax: 500, pendingMessagesMax: 10_000 } });
    bed.feed('test/doubler/x', 'double');
    let most = 0;
    while (codes().length < 100) {
      most = Math.max(most, bed.engine.statistics().messagesPending);
      await bed.advance(1_000);
    }
    expect(most).toBeGreaterThan(400);
    // The message of the record is none that a function sent.
    expect(most).toBeLessThanOrEqual(501);
    expect(new Set(codes())).toEqual(new Set(['TOO_MANY_MESSAGES']));
  });

  it('counts while handlers run, and no longer once they have failed', async () => {
    bed = await EngineBed.start([Sender, Leaf], { limits: { sentMessagesMax: 500 } });
    for (const id of ['a', 'b', 'c']) bed.feed(`test/sender/${id}`, 'slow-order', { kind: 'send', count: 200 });
    await bed.engine.whenQuiet();
    // Two fit beside each other; the third is tried again when they are done.
    await bed.advance(1_000);
    expect(bed.engine.statistics()).toMatchObject({ attemptsFailed: 1, invocations: 603 });
    expect(codes()).toEqual([]);
  });

  it('is counted after a start, too: what a commit holds is in memory again', async () => {
    bed = await EngineBed.start([Sender, Leaf], { limits: { sentMessagesMax: 500 } });
    await bed.receives('test/sender/a', 'order', { kind: 'delay', count: 400 });
    await bed.engine.stop();
    const { store, clock } = bed;
    bed = await EngineBed.start([Sender, Leaf], { store, clock, limits: { sentMessagesMax: 500 } });
    // The position of the first record is committed: the ingress does not deliver it again.
    await bed.receives('test/leaf/a', 'note');
    await bed.receives('test/sender/b', 'order', { kind: 'delay', count: 101 });
    expect(bed.engine.statistics()).toMatchObject({ attemptsFailed: 1, messagesDelayed: 400 });
    await bed.receives('test/sender/c', 'order', { kind: 'delay', count: 95 });
    expect(bed.engine.statistics().messagesDelayed).toBe(495);
  });
});

describe('Limits with a small heap', () => {
  const mebibyte = 1024 * 1024;

  it('keep fewer addresses and less of their state between messages, so that what is sent has the room it may take', () => {
    expect(fitToHeap(defaultLimits, 64 * mebibyte)).toMatchObject({ liveAddressesMax: 8_192, liveStateBytesMax: 8 * mebibyte });
  });

  it('are those that were set where they fit, none at all among them', () => {
    expect(fitToHeap(defaultLimits, 2_048 * mebibyte)).toEqual(defaultLimits);
    expect(fitToHeap({ ...defaultLimits, liveAddressesMax: 0 }, 64 * mebibyte).liveAddressesMax).toBe(0);
  });
});
