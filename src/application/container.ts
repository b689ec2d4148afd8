import { Container } from 'inversify';
import type { StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { readDependencies, type Dependency } from './dependencies.ts';
import { ProviderGraph } from './provider-graph.ts';
import { construct, failedToMake, type RegisteredProvider } from './provider.ts';

/** What is bound for an optional dependency that nobody provides. */
const absent = Symbol('absent');

/**
 * The providers of one application, in an Inversify container of its own.
 *
 * C1. Every mistake the graph of providers can have is found before anything is made.
 * C2. What a function or forwarder class needs is resolved once per class; only transient dependencies are made for every instance.
 * C3. Which provider meets a dependency is decided by the graph alone; the container makes, caches and waits.
 */
export class ProviderContainer {
  readonly #container = new Container();
  readonly #graph: ProviderGraph;
  readonly #keys = new Map<RegisteredProvider, symbol>();

  constructor(providers: readonly RegisteredProvider[]) {
    this.#graph = new ProviderGraph(providers);
    for (const provider of providers) this.#keys.set(provider, Symbol(provider.name));
    this.#container.bind(absent).toConstantValue(undefined);
    for (const [provider, key] of this.#keys) this.#bind(provider, key);
  }

  /** What is wrong with the providers themselves, asked for or not. Read after the classes are prepared it says who asked. */
  problems(): readonly StatefunError[] {
    return this.#graph.problems();
  }

  /**
   * How to make instances of a class. Its singletons are resolved here, promised ones awaited, so that an instance costs little more than
   * its constructor. Mistakes are returned.
   */
  async prepare(madeClass: ClassOf): Promise<{ create?: () => object; problems: readonly StatefunError[] }> {
    const { dependencies, problems: unreadable } = readDependencies(madeClass);
    const problems = [...unreadable, ...this.#graph.ask(madeClass.name, dependencies)];
    if (problems.length > 0 || this.#graph.isBroken(dependencies)) return { problems };
    try {
      return { create: await this.#creator(madeClass, dependencies), problems };
    } catch (thrown) {
      return { problems: [failedToMake(`making what class ${madeClass.name} needs`, thrown)] };
    }
  }

  async #creator(madeClass: ClassOf, dependencies: readonly Dependency[]): Promise<() => object> {
    const keys = dependencies.map((dependency) => this.#keyOf(dependency));
    const values: unknown[] = [];
    // A transient is made again with each instance; making it here shows at start whether it can be made.
    for (const key of keys) values.push(await this.#container.getAsync(key));

    const transient = dependencies.map((dependency) => this.#graph.find(dependency)?.scope === 'transient');
    if (!transient.includes(true)) return () => construct(madeClass, dependencies, values);
    return () => {
      const fresh = keys.map((key, index) => (transient[index] === true ? this.#container.get(key) : values[index]));
      return construct(madeClass, dependencies, fresh);
    };
  }

  #bind(provider: RegisteredProvider, key: symbol): void {
    const keys = provider.dependencies.map((dependency) => this.#keyOf(dependency));
    const bound = this.#container.bind(key).toResolvedValue((...values: unknown[]) => provider.make(values), keys);
    if (provider.scope === 'transient') bound.inTransientScope();
    else bound.inSingletonScope();
  }

  #keyOf(dependency: Dependency): symbol {
    const provider = this.#graph.find(dependency);
    return (provider && this.#keys.get(provider)) ?? absent;
  }
}
