import { appendAll } from '../../shared/append-all.ts';
import type { StatefunError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import { componentKind, type ScanResult } from './component-scan.ts';
import type { ComponentClasses } from './make-components.ts';
import { checkCondition, conditionsOf, decide, type ConditionOutcome, type ConditionSource } from '../../injection/conditions.ts';
import type { Contributions } from './contributions.ts';
import { conditionContext } from '../../injection/choose-providers.ts';

export interface ChosenComponents {
  readonly classes: ComponentClasses;
  readonly conditions: readonly ConditionOutcome[];
  readonly problems: readonly StatefunError[];
}

/** Returns the functions and forwarders in use: listed or scanned ones whose conditions hold, or only those that a host names. */
export function chooseComponents(
  contributions: Contributions,
  scanned: ScanResult,
  source: ConditionSource,
  only: readonly ClassOf[] | undefined,
): ChosenComponents {
  const ownerOf = (component: ClassOf) => contributions.ownerOf(component, scanned.folders.get(component));
  if (only !== undefined) {
    const forwarders = only.filter((component) => componentKind(component) === 'forwarder');
    // A class that is neither is reported as not being a function.
    const functions = only.filter((component) => !forwarders.includes(component));
    return {
      classes: { functions, forwarders, listedForwarders: forwarders.length, chosenByHost: true, ownerOf },
      conditions: [],
      problems: [],
    };
  }
  const conditions: ConditionOutcome[] = [];
  const problems: StatefunError[] = [];
  const takesPart = (component: unknown): boolean => {
    const kind = componentKind(component);
    if (kind === undefined) return true;
    // componentKind returns a kind for classes only.
    const decorated = component as ClassOf;
    const unusable = conditionsOf(decorated).flatMap((condition) => checkCondition(condition, `class ${decorated.name}`));
    appendAll(problems, unusable);
    if (unusable.length > 0) return true;
    const context = conditionContext(contributions.providers, source, ownerOf(decorated));
    const outcome = decide(`${kind} ${decorated.name}`, conditionsOf(decorated), context);
    if (outcome.reasons.length > 0) conditions.push(outcome);
    return outcome.matched;
  };
  const functions = [...new Set([...contributions.functions, ...scanned.functions])].filter(takesPart);
  const listed = contributions.forwarders.filter(takesPart);
  const found = scanned.forwarders.filter((forwarder) => !contributions.forwarders.includes(forwarder)).filter(takesPart);
  return {
    classes: { functions, forwarders: [...listed, ...found], listedForwarders: listed.length, chosenByHost: false, ownerOf },
    conditions,
    problems,
  };
}
