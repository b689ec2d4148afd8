import { beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseGate } from '../../src/checkpoints/lease-gate.ts';
import type { LeaseState } from '../../src/checkpoints/lease.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { ManualPacing } from './manual-pacing.ts';
import { recordingLogger, type LogLine } from './recording-logger.ts';

describe('the gate of a lease', () => {
  let pacing: ManualPacing;
  let gate: LeaseGate;
  let renewals: number;
  let lines: LogLine[];
  const heldFor = (ms: number): LeaseState => ({ untilMs: pacing.elapsedMs() + ms, untilWallMs: pacing.wallMs() + ms, lost: undefined });
  const lost = new StatefunError('LEASE_LOST', 'another engine has it.');

  beforeEach(() => {
    pacing = new ManualPacing();
    renewals = 0;
    lines = [];
    gate = new LeaseGate({ pacing, logger: recordingLogger(lines), renew: () => void (renewals += 1) });
  });

  it('lets everything wait until the lease is held, and again after its end (CHECKPOINT-G1)', async () => {
    const passed: string[] = [];
    const pass = (name: string): void => void gate.passed().then(() => passed.push(name));
    pass('before');
    await pacing.pass(0);
    expect({ passed, renewals }).toEqual({ passed: [], renewals: 1 });
    gate.update(heldFor(1_000));
    pass('held');
    await pacing.pass(999);
    expect(passed).toEqual(['before', 'held']);
    await pacing.pass(1);
    pass('after');
    // A renewal that came too late to be used is none.
    gate.update(heldFor(0));
    await pacing.pass(10);
    expect(passed).toEqual(['before', 'held']);
    gate.update(heldFor(1_000));
    await pacing.pass(0);
    expect(passed).toEqual(['before', 'held', 'after']);
    expect(lines.map(({ severity }) => severity)).toEqual(['error', 'info', 'error', 'info']);
  });

  it('lets nothing pass any more once the lease is lost, and says so once (CHECKPOINT-G1)', async () => {
    const told: Error[] = [];
    gate.onLost = (error) => told.push(error);
    const waiting = gate.passed();
    gate.update({ ...heldFor(0), lost });
    await expect(waiting).rejects.toBe(lost);
    gate.update(heldFor(1_000));
    expect(gate.open).toBe(false);
    await expect(gate.passed()).rejects.toBe(lost);
    gate.lose(new Error('again'));
    expect(told).toEqual([lost]);
  });

  it('says so also to who asks after it was lost', () => {
    gate.update({ ...heldFor(0), lost });
    const told: Error[] = [];
    gate.onLost = (error) => told.push(error);
    expect(told).toEqual([lost]);
  });

  it('rejects what waits when the engine stops', async () => {
    const waiting = gate.passed();
    const stopped = new Error('stopped');
    gate.close(stopped);
    await expect(waiting).rejects.toBe(stopped);
    gate.update(heldFor(1_000));
    expect(gate.open).toBe(false);
  });
});
