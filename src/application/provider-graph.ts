import { StatefunError } from '../shared/errors.ts';
import type { Dependency } from './dependencies.ts';
import type { RegisteredProvider } from './provider.ts';
import { nearestName, tokenName, type Token } from './token.ts';

/** Which provider meets which dependency, and what is wrong with that. */
export class ProviderGraph {
  readonly #providers: readonly RegisteredProvider[];
  readonly #byToken = new Map<Token, Map<string | undefined, RegisteredProvider>>();
  readonly #broken = new Set<RegisteredProvider>();
  readonly #circles: StatefunError[] = [];
  /** Function and forwarder classes that ask: where paths begin. */
  readonly #askers: { readonly name: string; readonly dependencies: readonly Dependency[] }[] = [];

  constructor(providers: readonly RegisteredProvider[]) {
    this.#providers = providers;
    for (const provider of providers) {
      const named = this.#byToken.get(provider.token) ?? new Map<string | undefined, RegisteredProvider>();
      this.#byToken.set(provider.token, named.set(provider.named, provider));
    }
    for (const provider of providers) if (this.#missingOf(provider.dependencies).length > 0) this.#broken.add(provider);
    this.#checkCircles();
    this.#spreadBroken();
  }

  /** The provider of a dependency; undefined where there is none. */
  find({ token, named }: Dependency): RegisteredProvider | undefined {
    return this.#byToken.get(token)?.get(named);
  }

  /** What is missing for a class that asks for these. */
  ask(className: string, dependencies: readonly Dependency[]): readonly StatefunError[] {
    this.#askers.push({ name: className, dependencies });
    return this.#missingOf(dependencies).map((dependency) => this.#missing(`class ${className}`, [className], dependency));
  }

  /** What is wrong between providers; says who asked so far. */
  problems(): readonly StatefunError[] {
    const missing = this.#providers.flatMap((provider) => {
      const path = this.#pathTo(provider);
      return this.#missingOf(provider.dependencies).map((dependency) =>
        this.#missing(`the provider of ${provider.name}`, path, dependency),
      );
    });
    return [...missing, ...this.#circles];
  }

  /** Whether making any of these would run into one of {@link problems}. */
  isBroken(dependencies: readonly Dependency[]): boolean {
    return dependencies.some((dependency) => {
      const provider = this.find(dependency);
      return provider !== undefined && this.#broken.has(provider);
    });
  }

  #missingOf(dependencies: readonly Dependency[]): readonly Dependency[] {
    return dependencies.filter((dependency) => !dependency.optional && this.find(dependency) === undefined);
  }

  /** Walks every chain of dependencies once; meeting a provider that is on the current chain is a circle. */
  #checkCircles(): void {
    const finished = new Set<RegisteredProvider>();
    const visit = (provider: RegisteredProvider, chain: readonly RegisteredProvider[]): void => {
      const start = chain.indexOf(provider);
      if (start !== -1) {
        this.#addCircle(chain.slice(start));
        return;
      }
      if (finished.has(provider)) return;
      for (const dependency of provider.dependencies) {
        const next = this.find(dependency);
        if (next !== undefined) visit(next, [...chain, provider]);
      }
      finished.add(provider);
    };
    for (const provider of this.#providers) visit(provider, []);
  }

  #addCircle(circle: readonly RegisteredProvider[]): void {
    const names = [...circle, ...circle.slice(0, 1)].map((provider) => provider.name);
    for (const provider of circle) this.#broken.add(provider);
    this.#circles.push(
      new StatefunError('PROVIDER_CIRCULAR', `providers need each other in a circle: ${names.join(' → ')}.`, { facts: { circle: names } }),
    );
  }

  /** Who needs something broken is broken. */
  #spreadBroken(): void {
    let before = -1;
    while (before !== this.#broken.size) {
      before = this.#broken.size;
      for (const provider of this.#providers) if (this.isBroken(provider.dependencies)) this.#broken.add(provider);
    }
  }

  /** One chain of those who ask that leads to this provider, the provider itself last. */
  #pathTo(provider: RegisteredProvider): readonly string[] {
    const path = [provider];
    for (let first = path[0]; first !== undefined;) {
      const asked: RegisteredProvider = first;
      first = this.#providers.find(
        (candidate) => !path.includes(candidate) && candidate.dependencies.some((needed) => this.find(needed) === asked),
      );
      if (first !== undefined) path.unshift(first);
    }
    const asker = this.#askers.find(({ dependencies }) => dependencies.some((needed) => this.find(needed) === path[0]));
    return [...(asker === undefined ? [] : [asker.name]), ...path.map(({ name }) => name)];
  }

  #missing(who: string, path: readonly string[], { token, named, place }: Dependency): StatefunError {
    const name = tokenName(token, named);
    const registered = this.#providers.map((provider) => tokenName(provider.token, provider.named)).sort();
    const nearest = nearestName(name, registered);
    const lines = [
      `nothing provides ${name}, ${place} of ${who}.`,
      `  Asked for by: ${[...path, name].join(' → ')}.`,
      `  Provided: ${registered.join(', ') || 'nothing'}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    ];
    return new StatefunError('PROVIDER_MISSING', lines.join('\n'), { facts: { token: name, askedBy: who, path, registered, nearest } });
  }
}
