import { describe, expect, it } from '@jest/globals';
import { IngressBuffer } from '../../../src/engine/ingress/ingress-buffer.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { IngressContext, IngressRecord } from '../../../src/ingress/ingress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { hasCode } from '../../../src/shared/errors.ts';

describe('IngressBuffer', () => {
  it('takes records in the order of delivery and lets the ingress wait while it holds too many', async () => {
    const { buffer, context } = await started({ ingressRecordsMax: 2 });
    await context.deliver([record(1)]);
    const full = watch(context.deliver([record(2), record(3)]));
    expect(await full.now()).toBe('pending');
    expect(buffer.take()?.record.position).toBe('1');
    expect(await full.now()).toBe('pending');
    expect(buffer.take()?.record.position).toBe('2');
    expect(await full.now()).toBe('resolved');
    expect([buffer.take()?.record.position, buffer.take()]).toEqual(['3', undefined]);
  });

  it('lets the ingress wait for bytes as well', async () => {
    const { buffer, context } = await started({ ingressBytesMax: 10 });
    const full = watch(context.deliver([record(1, 10)]));
    expect(await full.now()).toBe('pending');
    buffer.take();
    expect(await full.now()).toBe('resolved');
  });

  it('leaves what is not taken when it stops, and rejects whoever waits or delivers late', async () => {
    const { buffer, context } = await started({ ingressRecordsMax: 1 });
    const waiting = context.deliver([record(1), record(2)]).catch((error: unknown) => error);
    const saving = context.savePosition('p', '9').catch((error: unknown) => error);
    await buffer.stop();
    for (const answer of [waiting, saving, context.deliver([record(3)]).catch((error: unknown) => error)]) {
      expect(hasCode(await answer, 'ENGINE_STOPPED')).toBe(true);
    }
    expect([buffer.take(), buffer.recordsWaiting, context.signal.aborted]).toEqual([undefined, 0, true]);
  });

  it('saves a position after the records delivered before it, and rejects it when the engine stops before the commit', async () => {
    const { buffer, context, saved } = await started({});
    await context.deliver([record(1)]);
    const saving = watch(context.savePosition('p', 'end'));
    expect(saved).toEqual([]);
    buffer.take();
    buffer.take();
    expect(saved).toEqual(['end']);
    expect(await saving.now()).toBe('pending');
    await buffer.stop();
    expect(await saving.now()).toBe('rejected');
  });
});

async function started(limits: Partial<typeof defaultLimits>) {
  let context: IngressContext | undefined;
  const saved: string[] = [];
  const ingress = {
    id: 'in',
    description: 'of a test',
    start: (given: IngressContext) => ((context = given), Promise.resolve()),
    stop: () => Promise.resolve(),
  };
  const buffer = new IngressBuffer(ingress, {
    limits: { ...defaultLimits, ...limits },
    clock: new ManualClock(),
    logger: silentLogger,
    savePosition: (_partition, position) => (saved.push(position), new Promise(() => undefined)),
    wake: () => undefined,
    failed: () => undefined,
  });
  await buffer.start(new Map());
  if (context === undefined) throw new Error('the ingress was not started');
  return { buffer, context, saved };
}

function record(position: number, bytes = 1): IngressRecord {
  return { partition: 'p', position: String(position), identity: `in#${position}`, data: new Uint8Array(bytes) };
}

function watch(promise: Promise<void>): { now(): Promise<'pending' | 'resolved' | 'rejected'> } {
  const settled = promise.then(
    () => 'resolved' as const,
    () => 'rejected' as const,
  );
  return {
    async now() {
      // A few turns of the queue of promises: what is settled has passed them by then.
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      return Promise.race([settled, Promise.resolve('pending' as const)]);
    },
  };
}
