import { defaultLimits, type EngineLimits } from '../../engine/partition/limits.ts';
import type { SimulationRandom } from './simulation-random.ts';

/** What may go wrong. */
export interface SimulatedFaults {
  /** The process dies, or is stopped, and starts again. @defaultValue `true` */
  readonly crashes?: boolean;
  /** Attempts fail, or take too long, through no fault of the handler; never as many as would make a dead letter. @defaultValue `true` */
  readonly handlers?: boolean;
  /** The outside does not answer, or its answer is lost. @defaultValue `true` */
  readonly egress?: boolean;
  /** The ingress gives up, or the disk does, and the engine stops and starts again. @defaultValue `true` */
  readonly stops?: boolean;
  /** Somebody sets the clock, forwards or back. @defaultValue `true` */
  readonly clock?: boolean;
}

/** The kinds of step a run takes. Those at the front go first when nothing is disturbed. */
export const stepKinds = ['turn', 'settle', 'read', 'write', 'acknowledge', 'egress', 'deliver', 'clock'] as const;

export type StepKind = (typeof stepKinds)[number];

/** What a run is like, from its seed: different regimes find different mistakes. */
export interface RunSettings {
  readonly limits: EngineLimits;
  /** How readily each kind of step is taken. */
  readonly weights: Readonly<Record<StepKind, number>>;
  /** How often something goes wrong before a step; more often while a commit is under way. */
  readonly faultRate: number;
  readonly handlerFailRate: number;
  readonly egressFailRate: number;
  readonly readsLaterRate: number;
  /** Most crashes, stops and clock jumps: a run must come to an end. */
  readonly faultsMax: number;
  readonly egressBatchMax: number;
}

/** In a quiet run. */
export const calmSettings: RunSettings = {
  limits: defaultLimits,
  weights: { turn: 1, settle: 1, read: 1, write: 1, acknowledge: 1, egress: 1, deliver: 1, clock: 1 },
  faultRate: 0,
  handlerFailRate: 0,
  egressFailRate: 0,
  readsLaterRate: 0,
  faultsMax: 0,
  egressBatchMax: 500,
};

export function drawSettings(random: SimulationRandom): RunSettings {
  const weight = (): number => random.oneOf([0.1, 0.5, 1, 1, 3, 10]);
  const limits = drawLimits(random);
  return {
    limits,
    weights: {
      turn: random.oneOf([1, 3, 10]),
      settle: weight(),
      read: weight(),
      write: weight(),
      acknowledge: weight(),
      egress: weight(),
      deliver: weight(),
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

/** Settings without the faults that are not wanted. */
export function restrictFaults(settings: RunSettings, { egress, handlers }: SimulatedFaults): RunSettings {
  return {
    ...settings,
    egressFailRate: egress === false ? 0 : settings.egressFailRate,
    handlerFailRate: handlers === false ? 0 : settings.handlerFailRate,
  };
}

/** Limits so small that a run of a dozen events meets every one of them. */
function drawLimits(random: SimulationRandom): EngineLimits {
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
    // In looks at the clock of the pace, one a step.
    commitIntervalMs: random.oneOf([0, 3, 10, 40, Number.POSITIVE_INFINITY]),
    sliceMs: random.oneOf([0, 0, 3, 20]),
    liveAddressesMax: random.oneOf([0, 1, 3, defaultLimits.liveAddressesMax]),
    liveStateBytesMax: rarely(0, defaultLimits.liveStateBytesMax),
  };
}
