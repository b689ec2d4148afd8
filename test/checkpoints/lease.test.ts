import { beforeEach, describe, expect, it } from '@jest/globals';
import { Lease, type LeaseOptions } from '../../src/checkpoints/lease.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ManualPacing } from './manual-pacing.ts';
import { MemoryObjects, MemoryStorage } from './memory-storage.ts';
import { leaseOnce } from './torture/lease-once.ts';

const leaseMs = 30_000;

describe('a lease', () => {
  let pacing: ManualPacing;
  let objects: MemoryObjects;
  beforeEach(() => {
    pacing = new ManualPacing();
    objects = new MemoryObjects();
  });

  const contender = (holder: string, options: Partial<LeaseOptions> = {}): { lease: Lease; storage: MemoryStorage } => {
    const storage = new MemoryStorage(objects);
    const lease = new Lease({ storage, application: 'carts', leaseMs, holder, pacing, logger: silentLogger, ...options });
    return { lease, storage };
  };
  const unreachable = (): never => {
    throw new Error('the network is gone');
  };

  it('is taken at once when nobody has it, with the next epoch (CHECKPOINT-L2)', async () => {
    const { lease } = contender('a');
    expect(await lease.acquire(6)).toBe(7);
    expect(lease.held).toBe(true);
    await lease.release({ free: true });
    expect(lease.held).toBe(false);
    expect(await contender('b').lease.acquire(0)).toBe(8);
  });

  it('is taken over only when its length has passed without a renewal, and its holder has stopped using it before (CHECKPOINT-L1)', async () => {
    const { lease } = contender('a');
    await lease.acquire(0);
    const takenAtMs = pacing.elapsedMs();
    const { lease: successor } = contender('b');
    const taking = successor.acquire(0).then((epoch) => ({ epoch, atMs: pacing.elapsedMs(), heldBefore: lease.held }));
    await pacing.pass(leaseMs * 0.9 - 1);
    expect(lease.held).toBe(true);
    await pacing.pass(1);
    expect(lease.held).toBe(false);
    expect(await pacing.until(taking)).toEqual({ epoch: 2, atMs: takenAtMs + leaseMs, heldBefore: false });
    // The first one finds out with its next renewal, and never holds it again.
    await lease.renew();
    expect(lease.state.lost).toMatchObject({ code: 'LEASE_LOST', facts: { holder: 'b', epoch: 2 } });
    await successor.release({ free: true });
    await lease.renew();
    expect(lease.held).toBe(false);
  });

  it('is refused while its holder renews it', async () => {
    const { lease } = contender('a');
    await lease.acquire(0);
    lease.keep();
    await expect(pacing.until(contender('b').lease.acquire(0))).rejects.toMatchObject({ code: 'LEASE_HELD', facts: { holder: 'a' } });
    expect(lease.held).toBe(true);
    await lease.release({ free: true });
  });

  it('is taken at once from an earlier process of the same folder, which the lock of the folder says has ended', async () => {
    await contender('machine/folder').lease.acquire(0);
    const atMs = pacing.elapsedMs();
    expect(await contender('machine/folder').lease.acquire(0)).toBe(2);
    expect(pacing.elapsedMs()).toBe(atMs);
  });

  it('ends for a holder that is cut off, and is used again when a renewal shows that nobody took it (CHECKPOINT-L3)', async () => {
    const { lease, storage } = contender('a');
    await lease.acquire(0);
    lease.keep();
    storage.before = unreachable;
    await pacing.pass(leaseMs);
    expect({ held: lease.held, lost: lease.state.lost }).toEqual({ held: false, lost: undefined });
    storage.before = () => undefined;
    await pacing.pass(leaseMs / 10);
    expect(lease.held).toBe(true);
    await lease.release({ free: true });
  });

  it('is kept through renewals whose answers are lost, and taking it whose answer is lost', async () => {
    const { lease, storage } = contender('a');
    let losses = 0;
    storage.after = (operation) => {
      if (operation === 'replace' && losses++ % 2 === 0) unreachable();
    };
    storage.before = (operation) => void operation;
    await expect(pacing.until(lease.acquire(0))).rejects.toThrow('the network is gone');
    // Taken: the start that failed is repeated by the same folder.
    expect(await pacing.until(lease.acquire(0))).toBe(2);
    lease.keep();
    for (let third = 0; third < 12; third += 1) {
      await pacing.pass(leaseMs / 3);
      expect(lease.held).toBe(true);
    }
    expect(losses).toBeGreaterThan(10);
    await lease.release({ free: true });
  });

  it.each([40, -40])('survives a time of day that is set by %i days', async (days) => {
    const { lease } = contender('a');
    await lease.acquire(0);
    lease.keep();
    pacing.wallAheadMs += days * 86_400_000;
    // Forward is what a machine sees that has slept: the lease is used again only after a renewal.
    expect(lease.held).toBe(days < 0);
    await lease.renew();
    expect(lease.held).toBe(true);
    await lease.release({ free: true });
  });

  it('is lost when its object was deleted: another engine could take it at once', async () => {
    const { lease } = contender('a');
    await lease.acquire(0);
    objects.versions.clear();
    await lease.renew();
    expect(lease.state.lost).toMatchObject({ code: 'LEASE_LOST' });
  });

  it.each([
    ['{"application":"orders","epoch":1,"holder":"x","leaseMs":1000,"released":true,"nonce":"n"}', 'CHECKPOINT_NOT_OURS'],
    ['{"application":"carts","epoch":0,"holder":"x","leaseMs":1000,"released":true,"nonce":"n"}', 'CHECKPOINT_OBJECT_CORRUPT'],
    ['{"application":"carts","epoch":1,"holder":"x","leaseMs":"1","released":true,"nonce":"n"}', 'CHECKPOINT_OBJECT_CORRUPT'],
    ['null', 'CHECKPOINT_OBJECT_CORRUPT'],
    ['', 'CHECKPOINT_OBJECT_CORRUPT'],
  ])('refuses an object that is none: %s', async (content, code) => {
    objects.versions.set('lease.json', { bytes: Buffer.from(content), version: 'v' });
    await expect(contender('a').lease.acquire(0)).rejects.toMatchObject({ code });
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'has one holder at a time, whatever is late, lost, cut off or stopped (CHECKPOINT-L1), seed %i',
    async (seed) => {
      expect(await leaseOnce(seed)).toBeUndefined();
    },
  );
});
