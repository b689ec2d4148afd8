import type { EventForwarder } from '../../forwarders/event-forwarder.ts';
import { readForwarder } from '../../forwarders/forwarder-decorator.ts';
import { Router, type RegisteredForwarder, type RouterOptions } from '../../forwarders/router.ts';
import { isFunctionClass, readDefinition, type FunctionDefinition } from '../../functions/function-definition.ts';
import { FunctionRegistry } from '../../functions/function-registry.ts';
import { appendAll } from '../../shared/append-all.ts';
import { describe, StatefunError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import { checkDecorators } from '../../injection/check-decorators.ts';
import type { Prepared, ProviderContainer, Usage } from '../../injection/container.ts';
import { checkShortLived, type Lifecycle } from '../../injection/lifecycle.ts';
import type { ModuleScope } from '../../injection/module-scope.ts';
import { checkNoListeners } from '../../injection/application-events.ts';
import { failedToMake } from '../../injection/construct.ts';

export interface ComponentClasses {
  readonly functions: readonly ClassOf[];
  /** Listed forwarders come before scanned ones. */
  readonly forwarders: readonly ClassOf[];
  readonly listedForwarders: number;
  /** Whether a host, such as the test kit, named them; the application may have others. */
  readonly chosenByHost: boolean;
  readonly ownerOf: (component: ClassOf) => ModuleScope | undefined;
}

/** How instances are created, and where mistakes are collected. */
export interface Making {
  readonly container: ProviderContainer;
  readonly lifecycle: Lifecycle;
  /**
   * `declarations` creates nothing. `stand-ins` creates functions and forwarders only, with stand-ins for their dependencies. `real` creates
   * everything.
   */
  readonly mode: 'declarations' | 'stand-ins' | 'real';
  readonly problems: StatefunError[];
}

export interface RegisteredFunctions {
  readonly registry: FunctionRegistry;
  /** Definitions of all functions, including those that could not be created with stand-ins. */
  readonly definitions: readonly FunctionDefinition[];
}

/** Explains why lifecycle hooks do not fit functions. */
const functionInstances = 'instances of functions are created and dropped while messages are handled';

/** Reads and registers function classes, and adds their mistakes to the problems. */
export async function registerFunctions({ functions, ownerOf }: ComponentClasses, making: Making): Promise<RegisteredFunctions> {
  const registry = new FunctionRegistry();
  const definitions: FunctionDefinition[] = [];
  for (const functionClass of functions) {
    if (!isFunctionClass(functionClass)) {
      making.problems.push(new StatefunError('NOT_A_FUNCTION_CLASS', `${describe(functionClass)} has no @StatefunFunction.`));
      continue;
    }
    const { definition, problems: mistakes } = readDefinition(functionClass);
    const unusable = [
      ...checkDecorators(functionClass),
      ...checkShortLived(functionClass, functionInstances),
      ...checkNoListeners(functionClass, functionInstances),
    ];
    const prepared = await prepare(functionClass, { owner: ownerOf(functionClass) }, making);
    appendAll(making.problems, [...mistakes, ...unusable, ...prepared.problems]);
    if (definition === undefined || unusable.length > 0) continue;
    definitions.push(definition);
    if (prepared.create === undefined) continue;
    try {
      registry.register(definition, prepared.create);
    } catch (thrown) {
      report(thrown, `the constructor of class ${functionClass.name}`, prepared, making);
    }
  }
  return { registry, definitions };
}

/** Creates the forwarders, in the order in which the router calls them, and adds their mistakes to the problems. */
export async function makeForwarders(
  { forwarders, listedForwarders, ownerOf }: ComponentClasses,
  routerOptions: RouterOptions,
  making: Making,
): Promise<readonly RegisteredForwarder[]> {
  const made: RegisteredForwarder[] = [];
  for (const [index, forwarderClass] of forwarders.entries()) {
    const order = Math.min(index, listedForwarders);
    const registered = await makeForwarder(forwarderClass, order, ownerOf(forwarderClass), making);
    if (registered === undefined) continue;
    try {
      // The router finds its own mistakes: in each forwarder alone, then together with those before it.
      new Router([registered], routerOptions);
      new Router([...made, registered], routerOptions);
      made.push(registered);
    } catch (thrown) {
      making.problems.push(failedToMake(`forwarder ${registered.name}`, thrown));
    }
  }
  return made.sort(byRouterOrder);
}

/** Forwarders whose declared target is no function of the application. */
export function unknownTargets(
  forwarders: readonly ClassOf[],
  types: readonly string[],
  remote: FunctionRegistry,
): readonly StatefunError[] {
  return forwarders.flatMap((forwarderClass) => {
    const { name, target } = (typeof forwarderClass === 'function' && readForwarder(forwarderClass)) || {};
    if (target === undefined || types.includes(target) || remote.has(target)) return [];
    const registered = [...new Set([...types, ...remote.types()])].sort();
    const summary = `nothing handles function type "${target}" of forwarder ${name}. Registered types: ${registered.join(', ') || 'none'}.`;
    return [new StatefunError('UNKNOWN_FUNCTION', summary, { facts: { type: target, forwarder: name, registered } })];
  });
}

/** Sorts forwarders into the order in which the router calls them. */
function byRouterOrder(left: RegisteredForwarder, right: RegisteredForwarder): number {
  return left.order - right.order || (left.name < right.name ? -1 : 1);
}

async function makeForwarder(
  forwarderClass: ClassOf,
  order: number,
  owner: ModuleScope | undefined,
  making: Making,
): Promise<RegisteredForwarder | undefined> {
  const { problems } = making;
  const declaration = typeof forwarderClass === 'function' ? readForwarder(forwarderClass) : undefined;
  if (declaration === undefined) {
    problems.push(new StatefunError('NOT_A_FORWARDER_CLASS', `${describe(forwarderClass)} has no @Forwarder.`));
    return undefined;
  }
  appendAll(problems, isFunctionClass(forwarderClass) ? [] : checkDecorators(forwarderClass));
  const prepared = await prepare(forwarderClass, { owner, perAddress: false }, making);
  appendAll(problems, prepared.problems);
  if (prepared.create === undefined) return undefined;
  try {
    // Safe: the one method that the router always calls is checked below.
    const forwarder = prepared.create() as EventForwarder;
    if (typeof forwarder.forward !== 'function') {
      problems.push(
        new StatefunError('FORWARDER_WITHOUT_FORWARD', `forwarder ${declaration.name} has no method forward.`, {
          facts: { name: declaration.name },
        }),
      );
      return undefined;
    }
    if (making.mode === 'real') await making.lifecycle.start(forwarder);
    return {
      name: declaration.name,
      eventTypes: declaration.eventTypes,
      order: declaration.order ?? order,
      target: declaration.target,
      forwarder,
    };
  } catch (thrown) {
    report(thrown, `the constructor of forwarder ${forwarderClass.name}`, prepared, making);
    return undefined;
  }
}

async function prepare(madeClass: ClassOf, usage: Usage, { container, mode }: Making): Promise<Prepared> {
  if (mode === 'real') return container.prepare(madeClass, usage);
  const { create, ...prepared } = container.prepareStandIn(madeClass, usage);
  return mode === 'declarations' || create === undefined ? prepared : { create, ...prepared };
}

/** Reports a failed constructor, unless it failed on stand-ins: it may accept its real dependencies. */
function report(thrown: unknown, what: string, { needs = 0 }: Prepared, { mode, problems }: Making): void {
  if (mode === 'real' || StatefunError.is(thrown) || needs === 0) problems.push(failedToMake(what, thrown));
}
