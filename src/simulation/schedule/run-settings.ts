import { realPace, type CommitGap } from '../../engine/commit/pace.ts';
import { defaultLimits, type EngineLimits } from '../../engine/partition/limits.ts';
import type { SeededRandom } from '../../shared/seeded-random.ts';

/** The kinds of faults in a simulation. */
export interface SimulatedFaults {
  /** Kills or stops the process, and starts it again. @defaultValue `true` */
  readonly crashes?: boolean;
  /** Makes attempts fail or time out, never so often that a message becomes a dead letter. @defaultValue `true` */
  readonly handlers?: boolean;
  /** Makes sending to egresses fail, before or after the records are taken. @defaultValue `true` */
  readonly egress?: boolean;
  /** Makes the ingress or the disk fail, so that the engine stops and starts again. @defaultValue `true` */
  readonly stops?: boolean;
  /** Sets the clock forward or back. @defaultValue `true` */
  readonly clock?: boolean;
}

/** The kinds of steps of a run, in the order in which a quiet run takes them. */
export const stepKinds = ['turn', 'settle', 'read', 'write', 'acknowledge', 'egress', 'deliver', 'wait', 'clock'] as const;

export type StepKind = (typeof stepKinds)[number];

/** The settings of a run, drawn from its seed: different settings find different mistakes. */
export interface RunSettings {
  readonly limits: EngineLimits;
  /** Counted in reads of the pace's clock, as the interval between commits. */
  readonly gap: CommitGap;
  /** The weight of each kind of step. */
  readonly weights: Readonly<Record<StepKind, number>>;
  /** Probability of a fault before a step; it is higher during a commit. */
  readonly faultRate: number;
  readonly handlerFailRate: number;
  readonly egressFailRate: number;
  readonly readsLaterRate: number;
  /** Most crashes, stops and clock jumps, so that a run ends. */
  readonly faultsMax: number;
  readonly egressBatchMax: number;
}

/** The settings of a quiet run. */
export const calmSettings: RunSettings = {
  limits: defaultLimits,
  gap: realPace.gap,
  weights: { turn: 1, settle: 1, read: 1, write: 1, acknowledge: 1, egress: 1, deliver: 1, wait: 1, clock: 1 },
  faultRate: 0,
  handlerFailRate: 0,
  egressFailRate: 0,
  readsLaterRate: 0,
  faultsMax: 0,
  egressBatchMax: 500,
};

export function drawSettings(random: SeededRandom): RunSettings {
  const weight = (): number => random.oneOf([0.1, 0.5, 1, 1, 3, 10]);
  const limits = drawLimits(random);
  return {
    limits,
    gap: { afterCommits: random.oneOf([1, 3, 100]), ms: random.oneOf([3, 30, 300]) },
    weights: {
      turn: random.oneOf([1, 3, 10]),
      settle: weight(),
      read: weight(),
      write: weight(),
      acknowledge: weight(),
      egress: weight(),
      deliver: weight(),
      wait: weight(),
      clock: random.oneOf([0.1, 0.5, 1]),
    },
    faultRate: random.oneOf([0, 0.005, 0.02, 0.06]),
    handlerFailRate: random.oneOf([0, 0.05, 0.2]),
    egressFailRate: random.oneOf([0, 0.2, 0.5]),
    readsLaterRate: random.oneOf([0, 0.3, 1]),
    faultsMax: 1 + random.below(6),
    egressBatchMax: random.oneOf([1, 2, 3, 500]),
  };
}

/** Returns settings without the disabled faults. */
export function restrictFaults(settings: RunSettings, { egress, handlers }: SimulatedFaults): RunSettings {
  return {
    ...settings,
    egressFailRate: egress === false ? 0 : settings.egressFailRate,
    handlerFailRate: handlers === false ? 0 : settings.handlerFailRate,
  };
}

/** Draws limits so small that a run of a dozen events reaches each of them. */
function drawLimits(random: SeededRandom): EngineLimits {
  const small = (): number => 1 + random.below(4);
  const rarely = (limit: number, usual: number): number => (random.chance(0.3) ? limit : usual);
  return {
    ...defaultLimits,
    pendingMessagesMax: random.chance(0.5) ? small() : defaultLimits.pendingMessagesMax,
    pendingBytesMax: rarely(500, defaultLimits.pendingBytesMax),
    ingressRecordsMax: small(),
    outboxRecordsMax: random.chance(0.5) ? small() : defaultLimits.outboxRecordsMax,
    commitInvocationsMax: random.chance(0.5) ? small() : defaultLimits.commitInvocationsMax,
    commitBytesMax: rarely(400, defaultLimits.commitBytesMax),
    // Counted in reads of the pace's clock, one per step.
    commitIntervalMs: random.oneOf([0, 3, 10, 40, Number.POSITIVE_INFINITY]),
    sliceMs: random.oneOf([0, 0, 3, 20]),
    liveAddressesMax: random.oneOf([0, 1, 3, defaultLimits.liveAddressesMax]),
    liveStateBytesMax: rarely(0, defaultLimits.liveStateBytesMax),
  };
}
