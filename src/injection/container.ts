import { Container } from 'inversify';
import { StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import { construct, failedToMake } from './construct.ts';
import { readDependencies } from './dependencies.ts';
import { hooksOf, Lifecycle, startShortLived } from './lifecycle.ts';
import type { ModuleScope } from './module-scope.ts';
import { ProviderGraph, type Asker } from './provider-graph.ts';
import type { RegisteredProvider } from './provider.ts';
import { createStandIn } from './stand-in.ts';

/** Bound for an optional dependency without a provider. */
const absent = Symbol('absent');

/** How a class is used. */
export interface Usage {
  /** Module of the class. @defaultValue the application */
  readonly owner?: ModuleScope | undefined;
  /** Whether each instance handles messages of one address, as functions do. @defaultValue `true` */
  readonly perAddress?: boolean;
}

/** Creates instances of a class, or has the problems. It has neither when the problems are reported elsewhere. */
export interface Prepared {
  readonly create?: () => object;
  readonly problems: readonly StatefunError[];
  /** Number of dependencies. */
  readonly needs?: number;
}

/**
 * The providers of one application, in a separate Inversify container.
 *
 * INJECTION-C1. All mistakes in the graph of providers are found before any instance is created.
 * INJECTION-C2. Dependencies of a function or forwarder class are resolved once per class. Only transient ones and those per address are
 *     created for every instance.
 * INJECTION-C3. The graph alone decides which provider meets a dependency. The container creates, caches and waits.
 * INJECTION-C4. Singletons are created one after the other, each after its dependencies. None is injected before its `@PostConstruct`
 *     has settled.
 */
export class ProviderContainer {
  readonly #container = new Container();
  readonly #graph: ProviderGraph;
  readonly #lifecycle: Lifecycle;
  readonly #keys = new Map<RegisteredProvider, symbol>();
  readonly #made = new Set<RegisteredProvider>();

  constructor(providers: readonly RegisteredProvider[], lifecycle = new Lifecycle()) {
    this.#graph = new ProviderGraph(providers);
    this.#lifecycle = lifecycle;
    for (const provider of providers) this.#keys.set(provider, Symbol(provider.name));
    this.#container.bind(absent).toConstantValue(undefined);
    for (const [provider, key] of this.#keys) this.#bind(provider, key);
  }

  /** Problems of all providers, used or not. After the classes are prepared, they name the classes that depend on them. */
  problems(): readonly StatefunError[] {
    return this.#graph.problems();
  }

  /** Creates every singleton, used or not. Returns the failures; providers that depend on a failed one are skipped. */
  makeSingletons(): Promise<readonly StatefunError[]> {
    return this.#make(this.#graph.allInDependencyOrder());
  }

  /**
   * Prepares the creation of instances of a class. Its singletons are created here, and their promises awaited, so that an instance costs little more
   * than its constructor. Mistakes are returned.
   */
  async prepare(madeClass: ClassOf, usage: Usage = {}): Promise<Prepared> {
    const { asker, problems } = this.#ask(madeClass, usage);
    if (problems.length > 0 || this.#graph.isBroken(asker)) return { problems };
    const failed = await this.#make(this.#graph.inDependencyOrder([asker]));
    if (failed.length > 0 || this.#graph.isBroken(asker)) return { problems: failed };
    try {
      const create = await this.#creator(madeClass, asker);
      const methods = asker.perAddress ? hooksOf(madeClass, 'post-construct') : [];
      return { create: methods.length === 0 ? create : withHooks(create, methods), problems };
    } catch (thrown) {
      return { problems: [failedToMake(`creating the dependencies of class ${madeClass.name}`, thrown)] };
    }
  }

  /** Like `prepare`, but creates and calls nothing: instances receive stand-ins for their dependencies, and are only for inspection. */
  prepareStandIn(madeClass: ClassOf, usage: Usage = {}): Prepared {
    const { asker, problems } = this.#ask(madeClass, usage);
    if (problems.length > 0) return { problems };
    const { dependencies } = asker;
    return {
      create: () =>
        construct(
          madeClass,
          dependencies,
          dependencies.map(() => createStandIn()),
        ),
      problems,
      needs: dependencies.length,
    };
  }

  #ask(madeClass: ClassOf, { owner, perAddress = true }: Usage): { readonly asker: Asker; readonly problems: readonly StatefunError[] } {
    const { dependencies, problems } = readDependencies(madeClass);
    const asker: Asker = { name: madeClass.name, dependencies, owner, perAddress };
    return { asker, problems: [...problems, ...this.#graph.ask(asker)] };
  }

  async #make(providers: readonly RegisteredProvider[]): Promise<readonly StatefunError[]> {
    const problems: StatefunError[] = [];
    for (const provider of providers) {
      const key = this.#keys.get(provider);
      if (key === undefined || provider.scope !== 'singleton' || this.#made.has(provider) || this.#graph.isBroken(provider)) continue;
      this.#made.add(provider);
      try {
        await this.#container.getAsync(key);
      } catch (thrown) {
        this.#graph.break(provider);
        problems.push(failedToMake(`creating ${provider.name}`, thrown));
      }
    }
    return problems;
  }

  async #creator(madeClass: ClassOf, { dependencies, owner }: Asker): Promise<() => object> {
    const providers = dependencies.map((dependency) => this.#graph.find(dependency, owner));
    const keys = providers.map((provider) => this.#keyOf(provider));
    // Dependencies resolved together share instances per address. Resolving once here shows at start whether all can be created.
    const together = Symbol(madeClass.name);
    this.#container.bind(together).toResolvedValue((...resolved: unknown[]) => resolved, keys);
    const values = await this.#container.getAsync<readonly unknown[]>(together);
    if (providers.every((provider) => provider === undefined || provider.scope === 'singleton')) {
      return () => construct(madeClass, dependencies, values);
    }
    return () => construct(madeClass, dependencies, this.#container.get<readonly unknown[]>(together));
  }

  #bind(provider: RegisteredProvider, key: symbol): void {
    const { owner, scope, dependencies } = provider;
    const keys = dependencies.map((dependency) => this.#keyOf(this.#graph.find(dependency, owner)));
    const bound = this.#container.bind(key).toResolvedValue((...values: unknown[]) => this.#start(provider, provider.make(values)), keys);
    if (scope === 'singleton') bound.inSingletonScope();
    else if (scope === 'address') bound.inRequestScope();
    else bound.inTransientScope();
  }

  /** Calls the hooks of a created instance. */
  #start({ made, scope, name }: RegisteredProvider, value: unknown): unknown {
    if (!made) return value;
    if (scope !== 'singleton') {
      if (isThenable(value)) {
        ignoreRejection(value);
        throw new StatefunError(
          'PROVIDER_INVALID',
          `the provider of ${name} returned a promise or another thenable, which only a singleton may.`,
        );
      }
      if (isObject(value) && typeof value.constructor === 'function') startShortLived(value, hooksOf(value.constructor, 'post-construct'));
      return value;
    }
    const start = async (instance: unknown): Promise<unknown> => {
      if (isObject(instance)) await this.#lifecycle.start(instance);
      return instance;
    };
    return isThenable(value) ? Promise.resolve(value).then(start) : start(value);
  }

  #keyOf(provider: RegisteredProvider | undefined): symbol {
    return (provider && this.#keys.get(provider)) ?? absent;
  }
}

function withHooks(create: () => object, methods: readonly string[]): () => object {
  return () => {
    const instance = create();
    startShortLived(instance, methods);
    return instance;
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
