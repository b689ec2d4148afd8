import type { Egress } from '../egress/egress.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { CommitGroup } from './partition/commit-group.ts';
import type { DeadLetterIntake } from './partition/dead-letter-intake.ts';
import { IngressBuffer } from './ingress/ingress-buffer.ts';
import type { EngineLimits } from './partition/limits.ts';
import { Outbox } from './egress/outbox.ts';

/** The parts of an engine that its ingress and egress use. */
export interface PortParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: EngineLimits;
  readonly deadLetters: DeadLetterIntake;
  /** The open group. */
  readonly group: () => CommitGroup;
  readonly wake: () => void;
  /** Resolves when what is in the group now is durable. */
  readonly flushed: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export function createIngressBuffers(
  ingress: readonly Ingress[],
  { clock, logger, limits, group, wake, flushed, failed }: PortParts,
): readonly IngressBuffer[] {
  return ingress.map(
    (each) =>
      new IngressBuffer(each, {
        ...{ limits, clock, logger, wake, failed },
        savePosition: (partition, position) => {
          group().position(each.name, partition, position);
          wake();
          return flushed();
        },
      }),
  );
}

export function createOutbox(egress: readonly Egress[], { clock, logger, deadLetters, group, wake }: PortParts): Outbox {
  return new Outbox({ egress, clock, logger, deadLetters, group, wake });
}
