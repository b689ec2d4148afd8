import { describe, expect, it } from '@jest/globals';
import { ProviderContainer } from '../../src/injection/container.ts';
import { PostConstruct } from '../../src/injection/lifecycle.ts';
import type { Provider, RegisteredProvider } from '../../src/injection/provider.ts';
import { readProvider } from '../../src/injection/read-provider.ts';
import type { StatefunError } from '../../src/shared/errors.ts';
import type { ClassOf } from '../../src/shared/metadata.ts';

class Rounding {}

function containerOf(...providers: Provider[]): ProviderContainer {
  const read = providers.map((provider) => readProvider(provider, 'the test').provider);
  return new ProviderContainer(read.filter((provider): provider is RegisteredProvider => provider !== undefined));
}

async function prepared<T>(container: ProviderContainer, madeClass: ClassOf<T & object>): Promise<() => T> {
  const { create, problems } = await container.prepare(madeClass);
  expect(problems).toEqual([]);
  // The container makes instances of the class it was given.
  return create as () => T;
}

async function problemsOf(container: ProviderContainer, madeClass: ClassOf): Promise<readonly StatefunError[]> {
  return [...(await container.prepare(madeClass)).problems, ...container.problems()];
}

/** An object that `await` waits for, as query builders and other libraries return them. */
function thenable(then: (resolve: (value: unknown) => void, reject: (error: Error) => void) => void): unknown {
  return { then };
}

describe('providers of one address', () => {
  class Basket {
    static made = 0;
    readonly number = ++Basket.made;
  }
  const basket: Provider = { provide: Basket, useClass: Basket, scope: 'address' };
  class Shelf {
    static readonly inject = [Basket];
    constructor(readonly basket: Basket) {}
  }
  const shelf: Provider = { provide: Shelf, useClass: Shelf, scope: 'transient' };
  class Uses {
    static readonly inject = [Basket, Shelf, Rounding];
    constructor(
      readonly basket: Basket,
      readonly shelf: Shelf,
      readonly rounding: Rounding,
    ) {}
  }

  it('are shared by all that is made for an instance of a function, and by nobody else', async () => {
    const create = await prepared(containerOf(Rounding, basket, shelf), Uses);

    const [first, second] = [create(), create()];

    expect(first.shelf.basket).toBe(first.basket);
    expect(second.shelf.basket).toBe(second.basket);
    expect(first.basket).not.toBe(second.basket);
    expect(first.rounding).toBe(second.rounding);
  });

  it('are refused to what lives longer, directly or through what is transient', async () => {
    const container = containerOf(basket, shelf, { provide: 'keeper', useFactory: () => 1, inject: [Shelf] });
    class Forwarding {
      static readonly inject = [Basket];
    }

    const { problems } = await container.prepare(Forwarding, { perAddress: false });

    expect([...problems, ...container.problems()].map(({ code, summary }) => `${code} ${summary}`)).toEqual([
      'PROVIDER_SCOPE_MISMATCH class Forwarding lives longer than what it needs, which belongs to one address: Forwarding → Basket.',
      'PROVIDER_SCOPE_MISMATCH the provider of "keeper" lives longer than what it needs, which belongs to one address: "keeper" → Shelf → Basket.',
    ]);
  });

  it.each([
    ['a promise', () => Promise.resolve(1)],
    ['a promise that rejects', () => Promise.reject(new Error('no key'))],
    ['a thenable that is no Promise', () => thenable((resolve) => resolve(1))],
  ])('refuses %s, which would have to be awaited while messages are handled', async (_, useFactory) => {
    const container = containerOf({ provide: 'x', useFactory, scope: 'address' });
    class NeedsPromise {
      static readonly inject = ['x'];
    }

    expect(await problemsOf(container, NeedsPromise)).toMatchObject([
      { code: 'PROVIDER_INVALID', summary: 'the provider of "x" returned a promise or another thenable, which only a singleton may.' },
    ]);
  });
});

describe('a singleton whose factory returns a thenable that is no Promise', () => {
  class NeedsValue {
    static readonly inject = ['x'];
    constructor(readonly value: unknown) {}
  }

  it('is what the thenable resolves to, with its @PostConstruct settled', async () => {
    const warmed: string[] = [];
    class Cache {
      @PostConstruct() warm(): void {
        warmed.push('warm');
      }
    }
    const container = containerOf({ provide: 'x', useFactory: () => thenable((resolve) => resolve(new Cache())) });

    const create = await prepared<NeedsValue>(container, NeedsValue);

    expect(create().value).toBeInstanceOf(Cache);
    expect(warmed).toEqual(['warm']);
  });

  it('has failed when the thenable rejects', async () => {
    const container = containerOf({ provide: 'x', useFactory: () => thenable((_, reject) => reject(new Error('no key'))) });

    expect(await container.makeSingletons()).toMatchObject([{ code: 'PROVIDER_FAILED', summary: 'the factory of "x" threw: no key' }]);
  });
});

describe('making every singleton', () => {
  it('makes those nobody asks for, each once, and reports a failure without what depends on it', async () => {
    const made: string[] = [];
    const making = (name: string, inject: string[] = [], fail = false): Provider => ({
      provide: name,
      inject,
      useFactory: () => {
        made.push(name);
        if (fail) throw new Error('no key');
        return name;
      },
    });
    const container = containerOf(making('c', ['b']), making('b', ['a'], true), making('a'), making('d'));

    const problems = await container.makeSingletons();

    expect(made).toEqual(['a', 'b', 'd']);
    expect(problems).toMatchObject([{ code: 'PROVIDER_FAILED', summary: 'the factory of "b" threw: no key' }]);
    expect(await container.makeSingletons()).toEqual([]);
    expect(made).toHaveLength(3);
  });
});
