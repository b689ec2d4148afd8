import { describe, expect, it } from '@jest/globals';
import { inject, injectable, named, optional } from 'inversify';
import { ProviderContainer } from '../../src/injection/container.ts';
import type { Provider, RegisteredProvider } from '../../src/injection/provider.ts';
import { readProvider } from '../../src/injection/read-provider.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { StatefunError } from '../../src/shared/errors.ts';
import type { ClassOf } from '../../src/shared/metadata.ts';

interface Clock {
  now(): number;
}

const ClockToken = Symbol('clock');

@injectable()
class Rounding {
  static made = 0;
  readonly number = ++Rounding.made;
}

@injectable()
class Prices {
  constructor(readonly rounding: Rounding) {}
}

@injectable()
class NeedsClass {
  constructor(readonly prices: Prices) {}
}

@StatefunFunction('test/typed')
class TypedFunction {
  constructor(
    readonly prices: Prices,
    @inject(ClockToken) readonly clock: Clock,
  ) {}
  @Handles() onAny(): void {}
}

/** What a compiler without decorator metadata leaves: a plain class. */
class PlainFunction {
  static readonly inject = [Rounding, ClockToken];
  constructor(
    readonly rounding: Rounding,
    readonly clock: Clock,
  ) {}
}

function containerOf(...providers: Provider[]): ProviderContainer {
  const read = providers.map((provider) => readProvider(provider, 'the test'));
  return new ProviderContainer(
    read.map(({ provider }) => provider).filter((provider): provider is RegisteredProvider => provider !== undefined),
  );
}

async function prepared<T>(container: ProviderContainer, madeClass: ClassOf<T & object>): Promise<() => T> {
  const { create, problems } = await container.prepare(madeClass);
  expect(problems).toEqual([]);
  // The container makes instances of the class it was given.
  return create as () => T;
}

async function problemsOf(container: ProviderContainer, madeClass: ClassOf): Promise<readonly StatefunError[]> {
  const { problems } = await container.prepare(madeClass);
  return [...problems, ...container.problems()];
}

const clock: Clock = { now: () => 7 };
const clockProvider: Provider = { provide: ClockToken, useValue: clock };

describe('constructor injection', () => {
  it('injects classes by their emitted types and interfaces by token, without @injectable on the function', async () => {
    const create = await prepared(containerOf(Rounding, Prices, clockProvider), TypedFunction);

    const instance = create();

    expect(instance).toBeInstanceOf(TypedFunction);
    expect(instance.prices.rounding).toBeInstanceOf(Rounding);
    expect(instance.clock).toBe(clock);
  });

  it('injects what static inject names where the compiler emitted nothing', async () => {
    const create = await prepared(containerOf(Rounding, clockProvider), PlainFunction);

    expect(create().rounding).toBeInstanceOf(Rounding);
    expect(create().clock).toBe(clock);
  });

  it('gives every instance the same singleton, made once', async () => {
    Rounding.made = 0;
    const container = containerOf(Rounding, Prices, clockProvider);
    const typed = await prepared(container, TypedFunction);
    const plain = await prepared(container, PlainFunction);

    expect([typed(), typed(), typed()].map(({ prices }) => prices.rounding.number)).toEqual([1, 1, 1]);
    expect(plain().rounding.number).toBe(1);
    expect(Rounding.made).toBe(1);
  });

  it('makes a transient provider anew for each instance, its singletons kept (INJECTION-C2)', async () => {
    @injectable()
    class Stopwatch {
      constructor(readonly rounding: Rounding) {}
    }
    class Timed {
      static readonly inject = [Stopwatch, Rounding];
      constructor(
        readonly stopwatch: Stopwatch,
        readonly rounding: Rounding,
      ) {}
    }
    const create = await prepared(containerOf(Rounding, { provide: Stopwatch, useClass: Stopwatch, scope: 'transient' }), Timed);

    const [first, second] = [create(), create()];

    expect(first.stopwatch).not.toBe(second.stopwatch);
    expect(first.stopwatch.rounding).toBe(second.stopwatch.rounding);
    expect(first.rounding).toBe(second.rounding);
  });

  it('makes values by factory, from what inject names, and awaits promised ones', async () => {
    class Uses {
      static readonly inject = ['rate'];
      constructor(readonly rate: number) {}
    }
    const rate: Provider = {
      provide: 'rate',
      useFactory: async (base: number, given: Clock) => base + given.now(),
      inject: ['base', ClockToken],
    };
    const create = await prepared(containerOf(rate, { provide: 'base', useValue: 100 }, clockProvider), Uses);

    expect(create().rate).toBe(107);
  });

  it('provides false, null and zero as they are', async () => {
    class Uses {
      static readonly inject = ['a', 'b', 'c'];
      readonly values: readonly unknown[];
      constructor(...values: readonly unknown[]) {
        this.values = values;
      }
    }
    const container = containerOf({ provide: 'a', useValue: false }, { provide: 'b', useValue: null }, { provide: 'c', useValue: 0 });

    expect((await prepared(container, Uses))().values).toEqual([false, null, 0]);
  });

  it('tells providers of one token apart by name (INJECTION-C3)', async () => {
    class Uses {
      constructor(
        @inject('limit') @named('low') readonly low: number,
        @inject('limit') @named('high') readonly high: number,
      ) {}
    }
    const create = await prepared(
      containerOf({ provide: 'limit', named: 'high', useValue: 9 }, { provide: 'limit', named: 'low', useValue: 1 }),
      Uses,
    );

    expect(create()).toMatchObject({ low: 1, high: 9 });
  });

  it('leaves an optional parameter undefined when nothing provides it', async () => {
    class Uses {
      constructor(
        @inject('absent') @optional() readonly absent: number | undefined,
        @inject('limit') @optional() readonly limit: number | undefined,
      ) {}
    }

    expect((await prepared(containerOf({ provide: 'limit', useValue: 3 }), Uses))()).toMatchObject({ absent: undefined, limit: 3 });
  });

  it('injects properties (INJECTION-D2)', async () => {
    class Uses {
      @inject('limit') declare readonly limit: number;
    }

    expect((await prepared(containerOf({ provide: 'limit', useValue: 3 }), Uses))().limit).toBe(3);
  });

  it('gives a class without a constructor of its own what its base class needs (INJECTION-D1)', async () => {
    class Derived extends NeedsClass {}

    expect((await prepared(containerOf(Rounding, Prices), Derived))().prices).toBeInstanceOf(Prices);
  });

  it('makes instances of a class for two applications with providers of their own', async () => {
    const first = await prepared(containerOf(Rounding, { provide: ClockToken, useValue: clock }), PlainFunction);
    const other: Clock = { now: () => 8 };
    const second = await prepared(containerOf(Rounding, { provide: ClockToken, useValue: other }), PlainFunction);

    expect([first().clock, second().clock]).toEqual([clock, other]);
  });
});

describe('mistakes in what is injected', () => {
  it('names who asked, for which parameter, along which path, and the nearest name', async () => {
    class NeedsText {
      constructor(@inject('pricse') readonly prices: unknown) {}
    }

    const [problem, ...others] = await problemsOf(containerOf({ provide: 'prices', useValue: 1 }, clockProvider), NeedsText);

    expect(others).toEqual([]);
    expect(problem?.code).toBe('PROVIDER_MISSING');
    expect(problem?.summary).toBe(
      [
        'nothing provides "pricse", parameter 0 (prices) of class NeedsText.',
        '  Injected by: NeedsText → "pricse".',
        '  Provided: "prices", Symbol(clock). Did you mean "prices"?',
      ].join('\n'),
    );
  });

  it('shows the path through the providers between', async () => {
    const problems = await problemsOf(containerOf(Prices), NeedsClass);

    expect(problems.map(({ code }) => code)).toEqual(['PROVIDER_MISSING']);
    expect(problems[0]?.summary).toContain('nothing provides Rounding, parameter 0 (rounding) of the provider of Prices.');
    expect(problems[0]?.summary).toContain('Injected by: NeedsClass → Prices → Rounding.');
  });

  it('reports each missing parameter of a class', async () => {
    const problems = await problemsOf(containerOf(), PlainFunction);

    expect(problems.map(({ facts }) => facts['token'])).toEqual(['Rounding', 'Symbol(clock)']);
  });

  it('reports a circle of providers with every member, once', async () => {
    const container = containerOf(
      { provide: 'a', useFactory: () => 1, inject: ['b'] },
      { provide: 'b', useFactory: () => 1, inject: ['c'] },
      { provide: 'c', useFactory: () => 1, inject: ['a'] },
    );
    class Uses {
      static readonly inject = ['a'];
    }

    const problems = await problemsOf(container, Uses);

    expect(problems.map(({ code }) => code)).toEqual(['PROVIDER_CIRCULAR']);
    expect(problems[0]?.summary).toContain('"a" → "b" → "c" → "a"');
  });

  it.each([
    [
      'a constructor',
      {
        provide: 'x',
        useClass: class Broken {
          constructor() {
            throw new Error('no key');
          }
        },
      },
      'the constructor of class Broken threw: no key',
    ],
    [
      'a factory',
      {
        provide: 'x',
        useFactory: () => {
          throw new Error('no key');
        },
      },
      'the factory of "x" threw: no key',
    ],
    ['a promised value', { provide: 'x', useFactory: () => Promise.reject(new Error('no key')) }, 'the factory of "x" threw: no key'],
  ] satisfies [string, Provider, string][])('reports %s that fails, with its cause', async (_, provider, summary) => {
    class Uses {
      static readonly inject = ['x'];
    }

    const [problem] = await problemsOf(containerOf(provider), Uses);

    expect(problem).toMatchObject({ code: 'PROVIDER_FAILED', summary, cause: expect.objectContaining({ message: 'no key' }) });
  });
});
