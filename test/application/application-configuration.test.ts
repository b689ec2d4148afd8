import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inject } from 'inversify';
import { z } from 'zod';
import { assembleApplication } from '../../src/application/assemble.ts';
import { ConditionalOnProperty } from '../../src/injection/conditions.ts';
import { Configuration } from '../../src/configuration/configuration.ts';
import { configuration, type ConfigurationOf } from '../../src/configuration/configuration-class.ts';
import { defineApplication, defineModule } from '../../src/application/definition.ts';
import { runApplication } from '../../src/application/running/run-application.ts';
import { kinesisEgress } from '../../src/connectors/kinesis/kinesis-egress.ts';
import { kinesisIngress } from '../../src/connectors/kinesis/kinesis-ingress.ts';
import { memoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { silentLogger, type Logger } from '../../src/shared/logger.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { testApplication } from '../../src/testing/test-application.ts';
import { TotalFunction } from './classes.ts';

class Pricing extends configuration('pricing', z.object({ maxDiscount: z.number() })) {}
const Shipping = configuration('shipping', z.object({ days: z.number().default(3) }));

const seen: unknown[] = [];

@StatefunFunction('test/quote')
class Quote {
  constructor(
    pricing: Pricing,
    @inject(Shipping) shipping: ConfigurationOf<typeof Shipping>,
    @inject(Configuration) settings: Configuration,
  ) {
    seen.push(pricing.maxDiscount, shipping.days, settings.get('application.name'));
  }

  @Handles()
  onAnything(_event: unknown, _context: Context): void {
    return undefined;
  }
}

@ConditionalOnProperty('pricing.maxDiscount', 1)
class OnlyForFullDiscount {}

const shop = defineApplication({
  name: 'shop',
  functions: [Quote],
  configuration: [Pricing],
  modules: [defineModule({ name: 'shipping', configuration: [Shipping], providers: [OnlyForFullDiscount] })],
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-application-'));
  seen.length = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('an application and its configuration', () => {
  it('gives constructors what the application and its modules configure themselves, and all settings', async () => {
    writeFileSync(join(folder, 'application.yaml'), 'pricing:\n  max-discount: 0.5\n');
    const assembled = await assembleApplication(shop, { configurationFolder: folder });

    expect(seen.slice(0, 3)).toEqual([0.5, 3, 'shop']);
    expect(assembled.conditions.map(({ matched }) => matched)).toEqual([false]);
    expect(assembled.configuration.originOf('pricing.maxDiscount')).toBe('application.yaml:2');
  });

  it('takes a profile without a file when a condition asks about it, and no other', async () => {
    const providers = [
      { provide: 'rates', useValue: 1, when: { profile: '!aws' } },
      { provide: 'region', useValue: 'eu', when: { profile: 'aws' } },
    ];
    const conditional = defineApplication({ ...shop.options, providers: [...(shop.options.providers ?? []), ...providers] });
    const environment = { STATEFUN_PROFILE: 'aws', STATEFUN_PRICING__MAX_DISCOUNT: '0.5' };

    expect((await assembleApplication(conditional, { environment })).configuration.profiles).toEqual(['aws']);
    await expect(assembleApplication(shop, { environment })).rejects.toThrow('CONFIGURATION_PROFILE_UNKNOWN: there is no profile "aws"');
  });

  it('reports mistakes of the configuration with all others, and none that only follow from them', async () => {
    const broken = defineApplication({ ...shop.options, ingress: [{} as never] });

    await expect(assembleApplication(broken, { settings: ['kinesis.straem=x'] })).rejects.toMatchObject({
      code: 'APPLICATION_INVALID',
      facts: {
        problems: expect.arrayContaining([
          expect.objectContaining({ code: 'INGRESS_INVALID' }),
          expect.objectContaining({ code: 'CONFIGURATION_KEY_UNKNOWN' }),
          expect.objectContaining({
            code: 'CONFIGURATION_VALUE_INVALID',
            summary: expect.stringMatching(/^pricing\.maxDiscount is not set: /),
          }),
        ]),
      },
    });
    const failure: unknown = await assembleApplication(broken, {}).catch((error: unknown) => error);
    expect((failure as { facts: { problems: unknown[] } }).facts.problems).toHaveLength(2);
  });

  it('configures name, engine and what becomes of unmatched events, above the code', async () => {
    const coded = defineApplication({
      name: 'coded',
      functions: [TotalFunction],
      unmatchedEvents: 'count',
      engine: { limits: { pendingMessagesMax: 5, deadLettersMax: 7 } },
    });
    const assembled = await assembleApplication(coded, {
      configuration: { application: { name: 'configured' }, 'unmatched-events': 'dead-letter', 'engine.pending-messages-max': 9 },
      profile: 'development',
    });

    expect(assembled).toMatchObject({ name: 'configured', unmatchedEvents: 'dead-letter' });
    expect(assembled.engine).toMatchObject({ limits: { pendingMessagesMax: 9, deadLettersMax: 7, sliceMs: 4 } });
    expect(assembled.configuration.originOf('engine.dead-letters-max')).toBe('code');
  });

  it('tells connectors their settings before their descriptions are read', async () => {
    const ports = defineApplication({
      functions: [TotalFunction],
      ingress: [kinesisIngress({ stream: 'code-in' })],
      egress: [kinesisEgress('test/out', { stream: 'code-out' })],
    });
    const assembled = await assembleApplication(ports, { environment: { STATEFUN_KINESIS__STREAM: 'other-in' } });
    const again = await assembleApplication(ports);

    expect(assembled.ingress.map(({ id, description }) => [id, description])).toEqual([['kinesis:code-in', 'Kinesis stream code-in']]);
    expect(assembled.wiring.ingress[0]?.description).toBe('Kinesis stream other-in');
    expect(again.wiring.ingress[0]?.description).toBe('Kinesis stream code-in');
    expect(again.egress[0]?.description).toBe('Kinesis stream code-out');
  });

  it('runs with its files and options, and says what is not supported', async () => {
    writeFileSync(join(folder, 'application.yaml'), 'pricing.maxDiscount: 1\nkinesis.enhanced-fan-out: true\n');
    const warned: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (text) => void warned.push(text) };
    const running = await runApplication(shop, {
      configurationFolder: folder,
      environment: {},
      ingress: [memoryIngress()],
      store: new MemoryStore(),
      stopDeadline: '7s',
      logger,
    });
    await running.stop();

    expect(running.configuration.get('stop.deadline')).toBe(7_000);
    expect(warned).toEqual([
      'CONFIGURATION_NOT_SUPPORTED: kinesis.enhanced-fan-out is true (application.yaml:2), but enhanced fan-out is not supported yet; shards are read by polling.',
    ]);
  });

  it('is tested with settings of the test alone', async () => {
    const application = await testApplication(shop, { configuration: { pricing: { maxDiscount: 0.1 }, 'shipping.days': 9 } });
    await application.stop();

    expect(seen.slice(0, 2)).toEqual([0.1, 9]);
  });
});
