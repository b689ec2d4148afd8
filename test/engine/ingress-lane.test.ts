import { describe, expect, it } from '@jest/globals';
import { IngressLane } from '../../src/engine/ingress-lane.ts';
import { defaultLimits } from '../../src/engine/limits.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../src/ingress/ingress.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ManualClock } from '../../src/shared/manual-clock.ts';

const record = (position: string): IngressRecord => ({ partition: 'shard', position, identity: position, data: Buffer.from(position) });

async function startLane(limits = {}) {
  let context: IngressContext | undefined;
  const ingress: Ingress = {
    name: 'in',
    description: 'a test',
    start: (given) => {
      context = given;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
  const saved: string[] = [];
  const lane = new IngressLane(ingress, {
    limits: { ...defaultLimits, ...limits },
    clock: new ManualClock(),
    logger: silentLogger,
    savePosition: (_partition, position) => Promise.resolve(void saved.push(position)),
    wake: () => undefined,
    failed: () => undefined,
  });
  await lane.start(new Map());
  if (context === undefined) throw new Error('not started');
  return { lane, context, saved };
}

describe('IngressLane', () => {
  it('saves a position behind the records that were delivered before it', async () => {
    const { lane, context, saved } = await startLane();
    await context.deliver([record('1'), record('2')]);
    const durable = context.savePosition('shard', 'SHARD_END');
    expect(lane.take()?.record.position).toBe('1');
    expect(lane.take()?.record.position).toBe('2');
    expect(saved).toEqual([]);
    expect(lane.hasWaiting).toBe(true);
    expect(lane.take()).toBeUndefined();
    await durable;
    expect(saved).toEqual(['SHARD_END']);
    expect(lane.hasWaiting).toBe(false);
  });

  it('saves a position at once when nothing is waiting', async () => {
    const { context, saved } = await startLane();
    await context.savePosition('shard', 'start');
    expect(saved).toEqual(['start']);
  });

  it('lets deliver wait while its budget of records is used up', async () => {
    const { lane, context } = await startLane({ ingressRecordsMax: 2 });
    let resolved = false;
    const delivered = context.deliver([record('1'), record('2'), record('3')]).then(() => (resolved = true));
    lane.take();
    await Promise.resolve();
    expect(resolved).toBe(false);
    lane.take();
    await delivered;
    expect(resolved).toBe(true);
  });

  it('rejects what waits, and what comes later, when it stops', async () => {
    const { lane, context } = await startLane({ ingressRecordsMax: 1 });
    const delivering = context.deliver([record('1')]);
    const saving = context.savePosition('shard', 'end');
    await lane.stop();
    await expect(delivering).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
    await expect(saving).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
    await expect(context.deliver([record('2')])).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
    expect(lane.take()).toBeUndefined();
  });
});
