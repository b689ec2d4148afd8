import { appendAll } from '../../shared/append-all.ts';
import { describe, StatefunError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import type { Making } from './make-components.ts';
import { isHealthIndicator, type HealthIndicator } from '../health/health-indicator.ts';
import type { ModuleScope } from '../../injection/module-scope.ts';

/** A class listed under `health`, and the module that lists it. */
export interface HealthClass {
  readonly madeClass: ClassOf;
  readonly owner: ModuleScope | undefined;
}

/** Creates the health indicators of an application, and adds their mistakes to the problems. Creates none in a dry run. */
export async function makeHealthIndicators(classes: readonly HealthClass[], making: Making): Promise<readonly HealthIndicator[]> {
  const indicators: HealthIndicator[] = [];
  for (const { madeClass, owner } of classes) {
    // Injects the shared instance, like every class.
    const asker = class HealthAsker {
      static readonly inject = [madeClass];
      readonly indicator: unknown;

      constructor(indicator: unknown) {
        this.indicator = indicator;
      }
    };
    if (making.mode !== 'real') {
      appendAll(making.problems, making.container.prepareStandIn(asker, { owner, perAddress: false }).problems);
      continue;
    }
    const { create, problems } = await making.container.prepare(asker, { owner, perAddress: false });
    appendAll(making.problems, problems);
    if (create === undefined) continue;
    // Safe: `create` returns an instance of `asker`.
    const { indicator } = create() as InstanceType<typeof asker>;
    if (!isHealthIndicator(indicator)) making.problems.push(notAnIndicator(madeClass, indicator));
    else if (indicators.some(({ name }) => name === indicator.name)) making.problems.push(sameName(indicator.name));
    else indicators.push(indicator);
  }
  return indicators;
}

function notAnIndicator(madeClass: ClassOf, made: unknown): StatefunError {
  const summary = `${describe(made)}, listed under health as class ${madeClass.name}, has no name or no method check.`;
  return new StatefunError('HEALTH_INDICATOR_INVALID', summary, { facts: { className: madeClass.name } });
}

function sameName(name: string): StatefunError {
  return new StatefunError('HEALTH_INDICATOR_INVALID', `two health indicators are named "${name}".`, { facts: { name } });
}
