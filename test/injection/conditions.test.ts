import { describe, expect, it } from '@jest/globals';
import { assembleApplication, type ApplicationOverrides } from '../../src/application/assemble.ts';
import {
  Conditional,
  ConditionalOnMissingProvider,
  ConditionalOnProfile,
  ConditionalOnProperty,
  decide,
  type Condition,
  type ConditionContext,
} from '../../src/injection/conditions.ts';
import { defineApplication, defineModule } from '../../src/application/definition.ts';
import type { Provider } from '../../src/injection/provider.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { StatefunError } from '../../src/shared/errors.ts';
import { ReadingEvents, TotalFunction } from '../application/classes.ts';

const properties: Readonly<Record<string, unknown>> = {
  'pricing.enabled': true,
  'pricing.off': false,
  'pricing.mode': 'fast',
  'pricing.max': 3,
};
const context: ConditionContext = {
  profiles: ['local', 'demo'],
  property: (key) => properties[key],
  hasProvider: (token) => token === 'clock',
};
const overrides: ApplicationOverrides = { conditionSource: context };

describe('a condition', () => {
  it.each<[Condition, boolean, string]>([
    [{ property: 'pricing.enabled' }, true, 'property "pricing.enabled" is set'],
    [{ property: 'pricing.off' }, false, 'property "pricing.off" is false'],
    [{ property: 'pricing.absent' }, false, 'property "pricing.absent" is not set'],
    [{ property: 'pricing.mode', equals: 'fast' }, true, 'property "pricing.mode" is "fast"'],
    [{ property: 'pricing.mode', equals: 'slow' }, false, 'property "pricing.mode" is not "slow"'],
    [{ property: 'pricing.max', equals: '3' }, true, 'property "pricing.max" is "3"'],
    [{ property: 'pricing.off', equals: false }, true, 'property "pricing.off" is false'],
    [{ profile: 'demo' }, true, 'profile "demo" is active (active: local, demo)'],
    [{ profile: 'aws' }, false, 'profile "aws" is not active (active: local, demo)'],
    [{ profile: '!aws' }, true, 'profile "aws" is not active (active: local, demo)'],
    [{ profile: '!demo' }, false, 'profile "demo" is active (active: local, demo)'],
    [{ missing: 'clock' }, false, '"clock" is provided by others'],
    [{ missing: 'rates' }, true, '"rates" is not provided by others'],
  ])('%j is decided %s', (condition, matched, reason) => {
    expect(decide('x', [condition], context)).toEqual({ what: 'x', matched, reasons: [reason] });
  });

  it('holds only when all of its parts do', () => {
    expect(decide('x', [{ profile: 'demo', property: 'pricing.off' }], context).matched).toBe(false);
    expect(decide('x', [{ profile: 'demo' }, { profile: 'local' }], context).matched).toBe(true);
  });
});

describe('conditions in an application', () => {
  it('leave functions and forwarders out, and the report says why', async () => {
    @StatefunFunction('test/aws')
    @ConditionalOnProfile('aws')
    class AwsFunction {
      @Handles() onAny(): void {}
    }
    @StatefunFunction('test/local')
    @ConditionalOnProfile('!aws')
    @ConditionalOnProperty('pricing.mode', 'fast')
    class LocalFunction {
      @Handles() onAny(): void {}
    }
    const application = defineApplication({ functions: [TotalFunction, AwsFunction, LocalFunction], forwarders: [ReadingEvents] });

    const { functions, conditions } = await assembleApplication(application, overrides);

    expect(functions.types()).toEqual(['meter/total', 'test/local']);
    expect(conditions).toEqual([
      { what: 'function AwsFunction', matched: false, reasons: ['profile "aws" is not active (active: local, demo)'] },
      {
        what: 'function LocalFunction',
        matched: true,
        reasons: ['property "pricing.mode" is "fast"', 'profile "aws" is not active (active: local, demo)'],
      },
    ]);
  });

  it('are named when they leave no function', async () => {
    @StatefunFunction('test/aws')
    @ConditionalOnProfile('aws')
    class AwsFunction {
      @Handles() onAny(): void {}
    }

    const assembled = assembleApplication(defineApplication({ name: 'aws', functions: [AwsFunction] }));

    await expect(assembled).rejects.toThrow(
      /APPLICATION_WITHOUT_FUNCTIONS: application "aws" has no function\.\n +Left out: function AwsFunction: profile "aws" is not active \(active: none\)\./,
    );
  });

  it('choose between providers, whether they stand on a class or on the provider', async () => {
    @ConditionalOnProfile('aws')
    class AwsRates {}
    class LocalRates {}
    @StatefunFunction('test/uses')
    class Uses {
      static readonly inject = ['rates'];
      constructor(readonly rates: object) {}
      @Handles() onAny(): void {}
    }
    const providers: Provider[] = [
      { provide: 'rates', useClass: AwsRates },
      { provide: 'rates', useClass: LocalRates, when: { profile: '!aws' } },
    ];
    const ratesWith = async (profiles: readonly string[]): Promise<unknown> => {
      const { functions } = await assembleApplication(defineApplication({ functions: [Uses], providers }), {
        conditionSource: { profiles, property: () => undefined },
      });
      return (functions.get('test/uses')?.create() as Uses).rates.constructor;
    };

    expect([await ratesWith(['aws']), await ratesWith([])]).toEqual([AwsRates, LocalRates]);
  });

  it('let a module have a default that the application replaces, and the application one that a module replaces', async () => {
    @ConditionalOnMissingProvider('rates')
    class DefaultRates {}
    @StatefunFunction('test/uses')
    class Uses {
      static readonly inject = ['rates'];
      constructor(readonly rates: unknown) {}
      @Handles() onAny(): void {}
    }
    const inModule = defineModule({ providers: [{ provide: 'rates', useClass: DefaultRates }] });
    const given: Provider = { provide: 'rates', useValue: 'given' };
    const ratesOf = async (options: Parameters<typeof defineApplication>[0]): Promise<unknown> => {
      const { functions } = await assembleApplication(defineApplication({ functions: [Uses], ...options }));
      return (functions.get('test/uses')?.create() as Uses).rates;
    };

    expect(await ratesOf({ modules: [inModule] })).toBeInstanceOf(DefaultRates);
    expect(await ratesOf({ modules: [inModule], providers: [given] })).toBe('given');
    expect(
      await ratesOf({ modules: [defineModule({ providers: [given] })], providers: [{ provide: 'rates', useClass: DefaultRates }] }),
    ).toBe('given');
    expect(await ratesOf({ modules: [inModule], providers: [{ provide: 'rates', useValue: 'own', when: { missing: 'rates' } }] })).toBe(
      'own',
    );
  });

  it.each<[unknown, string]>([
    [{}, 'says nothing'],
    [{ equals: 'x' }, 'has equals without property'],
    [{ profil: 'x' }, 'has the key "profil"; there are property, equals, profile, missing'],
    [{ profile: '!' }, 'has "!" as its profile'],
    [{ missing: undefined }, 'says nothing'],
    ['aws', 'is "aws"'],
  ])('are refused when they are %j', async (when, text) => {
    const provider = { provide: 'x', useValue: 1, when } as Provider;
    @StatefunFunction('test/conditional')
    @Conditional(when as Condition)
    class Decorated {
      @Handles() onAny(): void {}
    }

    const assembled = assembleApplication(defineApplication({ functions: [Decorated], providers: [provider] }));

    const failure = (await assembled.catch((error: unknown) => error)) as StatefunError;
    const problems = failure.facts['problems'] as readonly StatefunError[];
    expect(problems.map(({ code }) => code)).toEqual(['CONDITION_INVALID', 'CONDITION_INVALID']);
    expect(problems.map(({ summary }) => summary)).toEqual([
      `the condition of the provider of "x" (the application) ${text}.`,
      `the condition of class Decorated ${text}.`,
    ]);
  });
});
