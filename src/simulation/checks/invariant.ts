import { toError } from '../../shared/errors.ts';
import type { SimulationView } from './view.ts';
import type { Violation } from './violation.ts';

/** A condition that an application must keep. */
export interface SimulationInvariant {
  readonly name: string;
  /** Whether it is checked after every step, or only when nothing is left to do. @defaultValue `'always'` */
  readonly when?: 'always' | 'end';
  /** Checks the invariant. It is broken if this returns false or a text about the mistake, or throws. */
  readonly holds: (view: SimulationView) => boolean | string | undefined | void;
}

/** Returns the first invariant that does not hold. */
export function brokenInvariant(
  invariants: readonly SimulationInvariant[],
  when: 'always' | 'end',
  view: SimulationView,
): Violation | undefined {
  for (const { name: invariant, when: asked = 'always', holds } of invariants) {
    if (asked !== when && when === 'always') continue;
    try {
      const answer = holds(view);
      if (answer === false) return { invariant, detail: 'it does not hold' };
      if (typeof answer === 'string') return { invariant, detail: answer };
    } catch (thrown) {
      return { invariant, detail: toError(thrown).message };
    }
  }
  return undefined;
}
