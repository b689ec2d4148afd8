import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Configuration } from '../../src/configuration/configuration.ts';
import { loadConfiguration, type ConfigurationSources } from '../../src/configuration/load-configuration.ts';
import { configuration, type ConfigurationOf } from '../../src/configuration/configuration-class.ts';
import type { StandardSchemaV1 } from '../../src/envelope/standard-schema.ts';

class Pricing extends configuration(
  'pricing',
  z.object({
    maxDiscount: z.number().max(1),
    currency: z.string().default('EUR'),
    code: z.string().optional(),
    regions: z.array(z.string()).optional(),
    limits: z.object({ perCart: z.number().optional(), strict: z.boolean().optional() }).optional(),
    rates: z.record(z.string(), z.number()).optional(),
    apiKey: z.string().optional(),
  }),
) {}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-own-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (yaml: string, sources: ConfigurationSources = {}): Promise<Configuration> => {
  writeFileSync(join(folder, 'application.yaml'), yaml);
  return loadConfiguration({ folder, own: [Pricing], ...sources });
};
const said = ({ problems }: Configuration): readonly string[] => problems.map(({ code, summary, hint }) => `${code} ${summary} ${hint}`);

describe('what an application configures itself', () => {
  it('is an instance of its class with the values of the schema, which cannot be changed', async () => {
    const loaded = await load('pricing:\n  maxDiscount: 0.5\n');

    const pricing = loaded.section(Pricing);
    expect(loaded.problems).toEqual([]);
    expect(pricing).toBeInstanceOf(Pricing);
    expect({ ...pricing }).toEqual({ maxDiscount: 0.5, currency: 'EUR' });
    expect(Object.isFrozen(pricing)).toBe(true);
    expect(loaded.lookup('pricing.max-discount')).toBe(0.5);
    expect(loaded.originOf('pricing.maxDiscount')).toBe('application.yaml:2');
    expect(loaded.originOf('pricing.currency')).toBe('the schema');
  });

  it('binds keys however they are written, and text to what the schema wants', async () => {
    const loaded = await load('pricing:\n  max-discount: 0.1\n  rates: { en-GB: 1 }\n', {
      environment: {
        STATEFUN_PRICING__MAX_DISCOUNT: '0.25',
        STATEFUN_PRICING__CODE: '007',
        STATEFUN_PRICING__REGIONS: 'eu, us',
        STATEFUN_PRICING__LIMITS__PER_CART: '3',
      },
      commandLine: ['pricing.limits.strict=true', 'pricing.rates.en-US=2'],
    });

    expect(said(loaded)).toEqual([]);
    expect({ ...loaded.section(Pricing) }).toEqual({
      maxDiscount: 0.25,
      currency: 'EUR',
      code: '007',
      regions: ['eu', 'us'],
      limits: { perCart: 3, strict: true },
      rates: { 'en-GB': 1, 'en-US': 2 },
    });
  });

  it('takes text as JSON where the schema wants an object', async () => {
    const loaded = await load('pricing: { maxDiscount: 1 }', { environment: { STATEFUN_PRICING__LIMITS: '{"perCart": 3}' } });

    expect(loaded.section(Pricing)?.limits).toEqual({ perCart: 3 });
    expect(loaded.originOf('pricing.limits.perCart')).toBe('environment variable STATEFUN_PRICING__LIMITS');
  });

  it('reports every mistake with value and origin, and unknown keys with the nearest', async () => {
    const loaded = await load('pricing:\n  maxDiscuont: 1\n  limits:\n    perCart: many\n', {
      environment: { STATEFUN_PRICING__REGIONS: '' },
    });

    expect(said(loaded)).toEqual([
      expect.stringContaining(
        'CONFIGURATION_KEY_UNKNOWN there is no setting pricing.maxDiscuont (application.yaml:2). Did you mean pricing.maxDiscount?',
      ),
      expect.stringMatching(
        /^CONFIGURATION_VALUE_INVALID pricing\.maxDiscount is not set: .* Set pricing\.maxDiscount in application\.yaml, or STATEFUN_PRICING__MAX_DISCOUNT in the environment\.$/,
      ),
      expect.stringContaining('pricing.limits.perCart is "many" (application.yaml:4): Invalid input: expected number'),
    ]);
    expect(loaded.section(Pricing)).toBeUndefined();
  });

  it('shows no secret, though the schema quotes it', async () => {
    const quoting: StandardSchemaV1<unknown, { pin: string; password: string }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => ({
          issues: [
            { message: `refused ${JSON.stringify(value)}`, path: ['pin'] },
            { message: 'refused hunter2', path: ['password'] },
          ],
        }),
      },
    };
    const Secretive = configuration('secretive', quoting, { secrets: ['pin'] });
    const loaded = await load('secretive:\n  pin: "9876"\n  password: hunter2\n', { own: [Secretive] });

    expect(said(loaded)).toEqual([
      expect.stringContaining('secretive.pin is ****** (application.yaml:2): refused {"pin":"******"'),
      expect.stringContaining('secretive.password is ****** (application.yaml:3): refused ******'),
    ]);
    const shown = (await load('pricing: { maxDiscount: 1, apiKey: hunter2 }')).explain();
    expect(shown).toContainEqual({ key: 'pricing.apiKey', value: '******', origin: 'application.yaml:1' });
  });

  it('follows references, also in lists', async () => {
    const loaded = await load('pricing:\n  maxDiscount: env:MAX\n  regions: [env:HOME_REGION, us]\n  apiKey: env:NONE\n', {
      environment: { MAX: '0.5', HOME_REGION: 'eu' },
    });
    const complete = await load('pricing:\n  maxDiscount: env:MAX\n  regions: [env:HOME_REGION, us]\n', {
      environment: { MAX: '0.5', HOME_REGION: 'eu' },
    });

    expect(said(loaded)).toEqual([expect.stringContaining('CONFIGURATION_REFERENCE_MISSING pricing.apiKey (application.yaml:4)')]);
    expect({ ...complete.section(Pricing) }).toEqual({ maxDiscount: 0.5, currency: 'EUR', regions: ['eu', 'us'] });
    expect(complete.explain()).toContainEqual({ key: 'pricing.regions', value: ['env:HOME_REGION', 'us'], origin: 'application.yaml:3' });
  });

  it('takes keys as they are written where the schema cannot say its names', async () => {
    const anything: StandardSchemaV1<unknown, Record<string, unknown>> = {
      '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Record<string, unknown> }) },
    };
    const Loose = configuration('loose', anything);
    const loaded = await load('loose:\n  some-key: 1\n', {
      own: [Loose],
      environment: { STATEFUN_LOOSE__SOME_KEY: '2', STATEFUN_LOOSE__OTHER_KEY: 'x' },
    });

    expect({ ...loaded.section(Loose) }).toEqual({ 'some-key': '2', otherKey: 'x' });
  });

  it('reports declarations that cannot work', async () => {
    const asynchronous = configuration(
      'slow',
      z.object({}).refine(async () => true),
    );
    const own = [
      Pricing,
      Pricing,
      configuration('pricing', z.object({})),
      configuration('kinesis', z.object({})),
      class Other {},
      asynchronous,
    ];

    expect(said(await load('pricing: { maxDiscount: 1 }', { own })).map((text) => text.split('. ')[0])).toEqual([
      'CONFIGURATION_SECTION_INVALID two configurations are named "pricing"',
      expect.stringContaining('a configuration is named "kinesis", which is taken by settings of the framework (kinesis.region)'),
      expect.stringContaining('function Other is no configuration'),
      'CONFIGURATION_SECTION_INVALID the schema of configuration "slow" returns a promise',
    ]);
  });

  it('has the type of what the schema answers with, and is not made with new', () => {
    const Constant = configuration('constant', z.object({ size: z.number() }));
    const constant: ConfigurationOf<typeof Constant> = { size: 1 };
    const size: number = constant.size;

    expect([size, Constant.name]).toEqual([1, 'configuration "constant"']);
    expect(() => new Pricing()).toThrow('inject it in a constructor');
  });
});
