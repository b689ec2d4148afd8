import { describe, expect, it } from '@jest/globals';
import { IngressLane } from '../../../src/engine/ingress/ingress-buffer.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { IngressContext, IngressRecord } from '../../../src/ingress/ingress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { hasCode } from '../../../src/shared/errors.ts';

describe('IngressLane', () => {
  it('takes records in the order of delivery and lets the ingress wait while it holds too many', async () => {
    const { lane, context } = await started({ ingressRecordsMax: 2 });
    await context.deliver([record(1)]);
    const full = watch(context.deliver([record(2), record(3)]));
    expect(await full.now()).toBe('pending');
    expect(lane.take()?.record.position).toBe('1');
    expect(await full.now()).toBe('pending');
    expect(lane.take()?.record.position).toBe('2');
    expect(await full.now()).toBe('resolved');
    expect([lane.take()?.record.position, lane.take()]).toEqual(['3', undefined]);
  });

  it('lets the ingress wait for bytes as well', async () => {
    const { lane, context } = await started({ ingressBytesMax: 10 });
    const full = watch(context.deliver([record(1, 10)]));
    expect(await full.now()).toBe('pending');
    lane.take();
    expect(await full.now()).toBe('resolved');
  });

  it('leaves what is not taken when it stops, and rejects whoever waits or delivers late', async () => {
    const { lane, context } = await started({ ingressRecordsMax: 1 });
    const waiting = context.deliver([record(1), record(2)]).catch((error: unknown) => error);
    const saving = context.savePosition('p', '9').catch((error: unknown) => error);
    await lane.stop();
    for (const answer of [waiting, saving, context.deliver([record(3)]).catch((error: unknown) => error)]) {
      expect(hasCode(await answer, 'ENGINE_STOPPED')).toBe(true);
    }
    expect([lane.take(), lane.recordsWaiting, context.signal.aborted]).toEqual([undefined, 0, true]);
  });

  it('saves a position after the records delivered before it, and rejects it when the engine stops before the commit', async () => {
    const { lane, context, saved } = await started({});
    await context.deliver([record(1)]);
    const saving = watch(context.savePosition('p', 'end'));
    expect(saved).toEqual([]);
    lane.take();
    lane.take();
    expect(saved).toEqual(['end']);
    expect(await saving.now()).toBe('pending');
    await lane.stop();
    expect(await saving.now()).toBe('rejected');
  });
});

async function started(limits: Partial<typeof defaultLimits>) {
  let context: IngressContext | undefined;
  const saved: string[] = [];
  const ingress = {
    name: 'in',
    description: 'of a test',
    start: (given: IngressContext) => ((context = given), Promise.resolve()),
    stop: () => Promise.resolve(),
  };
  const lane = new IngressLane(ingress, {
    limits: { ...defaultLimits, ...limits },
    clock: new ManualClock(),
    logger: silentLogger,
    savePosition: (_partition, position) => (saved.push(position), new Promise(() => undefined)),
    wake: () => undefined,
    failed: () => undefined,
  });
  await lane.start(new Map());
  if (context === undefined) throw new Error('the ingress was not started');
  return { lane, context, saved };
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
