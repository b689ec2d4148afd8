import { StatefunError } from '../shared/errors.ts';
import type { Dependency } from './dependencies.ts';
import { isPrivate, isVisible, type ModuleScope } from './module-scope.ts';
import type { RegisteredProvider } from './provider.ts';
import { nearestName } from '../shared/text/nearest-name.ts';
import { tokenName, type Token } from './token.ts';

/** A function or forwarder class, the start of dependency paths. */
export interface Asker {
  readonly name: string;
  readonly dependencies: readonly Dependency[];
  readonly owner: ModuleScope | undefined;
  /** Whether its instances belong to one address, and so may its dependencies. */
  readonly perAddress: boolean;
}

/** Finds the provider of every dependency, and the mistakes among them. */
export class ProviderGraph {
  readonly #providers: readonly RegisteredProvider[];
  readonly #byToken = new Map<Token, RegisteredProvider[]>();
  readonly #broken = new Set<RegisteredProvider>();
  readonly #circles: StatefunError[] = [];
  /** Singletons that depend on a provider of one address, and the path to it. */
  readonly #outlived = new Map<RegisteredProvider, readonly string[]>();
  readonly #askers: Asker[] = [];

  constructor(providers: readonly RegisteredProvider[]) {
    this.#providers = providers;
    for (const provider of providers) {
      const ofToken = this.#byToken.get(provider.token) ?? [];
      this.#byToken.set(provider.token, [...ofToken, provider]);
    }
    for (const provider of providers) if (provider.unusable === true || this.#missingOf(provider).length > 0) this.#broken.add(provider);
    this.#checkCircles();
    this.#checkScopes();
    this.#spreadBroken();
  }

  /** Returns the provider of a dependency for code of a module, private providers first, or undefined when there is none. */
  find({ token, named }: Dependency, asker: ModuleScope | undefined): RegisteredProvider | undefined {
    const candidates = this.#byToken.get(token)?.filter((provider) => provider.named === named) ?? [];
    return (
      candidates.find((provider) => isPrivate(provider) && provider.owner === asker) ??
      candidates.find((provider) => isVisible(provider, asker))
    );
  }

  /** Reports the problems of the dependencies of a class. */
  ask(asker: Asker): readonly StatefunError[] {
    this.#askers.push(asker);
    const who = `class ${asker.name}`;
    const missing = this.#missingOf(asker).map((dependency) => this.#missing(who, asker.owner, [asker.name], dependency));
    const outlived = asker.perAddress || missing.length > 0 ? undefined : this.#addressPath(asker);
    return outlived === undefined ? missing : [scopeMismatch(who, outlived)];
  }

  /** Reports the problems between providers. They name the classes prepared so far. */
  problems(): readonly StatefunError[] {
    const wrong = this.#providers.flatMap((provider) => {
      const who = `the provider of ${provider.name}`;
      const path = this.#pathTo(provider);
      const missing = this.#missingOf(provider).map((dependency) => this.#missing(who, provider.owner, path, dependency));
      const outlived = this.#outlived.get(provider);
      return outlived === undefined ? missing : [...missing, scopeMismatch(who, outlived)];
    });
    return [...wrong, ...this.#circles];
  }

  /** Returns whether creating any of these would meet one of {@link problems}, or a failed provider. */
  isBroken({ dependencies, owner }: Needs): boolean {
    return dependencies.some((dependency) => {
      const provider = this.find(dependency, owner);
      return provider !== undefined && this.#broken.has(provider);
    });
  }

  /** Records that a provider failed. Its dependents cannot be created, either. */
  break(provider: RegisteredProvider): void {
    this.#broken.add(provider);
    this.#spreadBroken();
  }

  /** Returns the providers to create for these, each after its dependencies. Broken ones are omitted. */
  inDependencyOrder(needs: readonly Needs[]): readonly RegisteredProvider[] {
    const ordered = new Set<RegisteredProvider>();
    const visit = (provider: RegisteredProvider | undefined): void => {
      if (provider === undefined || ordered.has(provider) || this.#broken.has(provider)) return;
      for (const dependency of provider.dependencies) visit(this.find(dependency, provider.owner));
      ordered.add(provider);
    };
    for (const { dependencies, owner } of needs) for (const dependency of dependencies) visit(this.find(dependency, owner));
    return [...ordered];
  }

  /** Returns every provider, each after its dependencies. Broken ones are omitted. */
  allInDependencyOrder(): readonly RegisteredProvider[] {
    const before = this.inDependencyOrder(this.#providers);
    return [...before, ...this.#providers.filter((provider) => !before.includes(provider) && !this.#broken.has(provider))];
  }

  #missingOf({ dependencies, owner }: Needs): readonly Dependency[] {
    return dependencies.filter((dependency) => !dependency.optional && this.find(dependency, owner) === undefined);
  }

  /** Reports singletons that depend on a provider of one address: they live longer. */
  #checkScopes(): void {
    for (const provider of this.#providers) {
      if (provider.scope !== 'singleton' || this.#broken.has(provider)) continue;
      const path = this.#addressPath(provider);
      if (path === undefined) continue;
      this.#outlived.set(provider, path);
      this.#broken.add(provider);
    }
  }

  /** Returns the path to a provider of one address, through transient providers. */
  #addressPath({ name, dependencies, owner }: Needs & { readonly name: string }): readonly string[] | undefined {
    for (const dependency of dependencies) {
      const provider = this.find(dependency, owner);
      if (provider === undefined || provider.scope === 'singleton' || this.#broken.has(provider)) continue;
      const path = provider.scope === 'address' ? [provider.name] : this.#addressPath(provider);
      if (path !== undefined) return [name, ...path];
    }
    return undefined;
  }

  /** Walks every chain of dependencies once. A provider that is already on the current chain closes a circle. */
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
        const next = this.find(dependency, provider.owner);
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

  /** Marks the dependents of broken providers as broken. */
  #spreadBroken(): void {
    let before = -1;
    while (before !== this.#broken.size) {
      before = this.#broken.size;
      for (const provider of this.#providers) if (this.isBroken(provider)) this.#broken.add(provider);
    }
  }

  /** Returns one chain of dependents that leads to this provider, which is last. */
  #pathTo(provider: RegisteredProvider): readonly string[] {
    const path = [provider];
    for (let first = path[0]; first !== undefined;) {
      const asked: RegisteredProvider = first;
      first = this.#providers.find(
        (candidate) => !path.includes(candidate) && candidate.dependencies.some((needed) => this.find(needed, candidate.owner) === asked),
      );
      if (first !== undefined) path.unshift(first);
    }
    const asker = this.#askers.find(({ dependencies, owner }) => dependencies.some((needed) => this.find(needed, owner) === path[0]));
    return [...(asker === undefined ? [] : [asker.name]), ...path.map(({ name }) => name)];
  }

  #missing(who: string, owner: ModuleScope | undefined, path: readonly string[], { token, named, place }: Dependency): StatefunError {
    const name = tokenName(token, named);
    const hidden = this.#byToken.get(token)?.find((provider) => provider.named === named);
    if (hidden !== undefined) return notExported(`${name}, ${place} of ${who}`, hidden, owner, [...path, name]);
    const visible = this.#providers.filter((provider) => isVisible(provider, owner));
    const registered = visible.map((provider) => tokenName(provider.token, provider.named)).sort();
    const nearest = nearestName(name, registered);
    const lines = [
      `nothing provides ${name}, ${place} of ${who}.`,
      `  Injected by: ${[...path, name].join(' → ')}.`,
      `  Provided: ${registered.join(', ') || 'nothing'}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    ];
    return new StatefunError('PROVIDER_MISSING', lines.join('\n'), {
      facts: { token: name, place, askedBy: who, path, registered, nearest },
    });
  }
}

/** Anything with dependencies, resolved within its module. */
type Needs = Pick<Asker, 'dependencies' | 'owner'>;

function notExported(what: string, hidden: RegisteredProvider, asker: ModuleScope | undefined, path: readonly string[]): StatefunError {
  const module = hidden.owner?.name ?? 'a module';
  const importer = asker?.name ?? 'the application';
  const why = isPrivate(hidden) ? 'does not export it' : `exports it only to modules that import it, which ${importer} does not`;
  return new StatefunError(
    'PROVIDER_NOT_EXPORTED',
    `${what} is provided by ${module}, which ${why}.\n  Injected by: ${path.join(' → ')}.`,
    {
      facts: { module, askedBy: importer, path },
      hint: isPrivate(hidden)
        ? `Add it to exports of ${module}${asker === undefined ? '' : `, and ${module} to modules of ${importer}`}.`
        : `Add ${module} to modules of ${importer}.`,
    },
  );
}

function scopeMismatch(who: string, path: readonly string[]): StatefunError {
  const summary = `${who} lives longer than what it needs, which belongs to one address: ${path.join(' → ')}.`;
  return new StatefunError('PROVIDER_SCOPE_MISMATCH', summary, { facts: { path } });
}
