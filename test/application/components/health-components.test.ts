import { describe, expect, it } from '@jest/globals';
import { ConditionalOnProfile } from '../../../src/injection/conditions.ts';
import { defineApplication, defineModule, type ApplicationOptions } from '../../../src/application/definition.ts';
import { Health } from '../../../src/application/health/health.ts';
import type { HealthIndicator, HealthStatus } from '../../../src/application/health/health-indicator.ts';
import { runApplication, type RunningApplication } from '../../../src/application/running/run-application.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { ReadingEvents, ReportFunction, TotalFunction } from '../classes.ts';

class RatesClient implements HealthIndicator {
  static made = 0;
  readonly name: string = 'rates';
  status: HealthStatus = 'up';

  constructor() {
    RatesClient.made += 1;
  }

  check(): HealthStatus {
    return this.status;
  }
}

class Probe {
  static inject = [Health, RatesClient];
  static latest: Probe;

  constructor(
    readonly health: Health,
    readonly rates: RatesClient,
  ) {
    Probe.latest = this;
  }
}

function run(options: ApplicationOptions): Promise<RunningApplication> {
  const meters = { functions: [TotalFunction, ReportFunction], forwarders: [ReadingEvents] };
  return runApplication(defineApplication({ ...meters, ...options }), {
    store: new MemoryStore(),
    ingress: [memoryIngress()],
    egress: [memoryEgress('meter/totals')],
    logger: silentLogger,
  });
}

describe('health of a running application', () => {
  it('shows its parts and its own indicators, and the end', async () => {
    RatesClient.made = 0;
    const running = await run({ providers: [RatesClient, Probe], health: [RatesClient] });

    expect(await running.health.readiness()).toMatchObject({
      status: 'up',
      components: {
        engine: { status: 'up' },
        store: { status: 'up' },
        outbox: { status: 'up' },
        'ingress:memory': { status: 'up' },
        'egress:meter/totals': { status: 'up' },
        rates: { status: 'up' },
      },
    });
    expect(running.health.liveness().status).toBe('up');
    expect(Probe.latest.health).toBe(running.health);
    Probe.latest.rates.status = 'down';
    expect((await running.health.readiness()).status).toBe('down');
    expect(RatesClient.made).toBe(1);

    Probe.latest.rates.status = 'up';
    const stopping = running.stop();
    expect((await running.health.readiness()).status).toBe('out-of-service');
    await stopping;
    expect((await running.health.readiness()).status).toBe('down');
  });

  it('makes an indicator that nobody provides, also of a module that keeps it to itself', async () => {
    const running = await run({ modules: [defineModule({ health: [RatesClient], exports: [] })] });

    expect((await running.health.readiness()).components['rates']).toEqual({ status: 'up' });
    await running.stop();
  });

  it('leaves out an indicator whose condition does not hold', async () => {
    @ConditionalOnProfile('aws')
    class BucketHealth extends RatesClient {
      override readonly name = 'bucket';
    }
    const running = await run({ health: [BucketHealth] });

    expect((await running.health.readiness()).components).not.toHaveProperty('bucket');
    await running.stop();
  });

  it('refuses what is no indicator, and two of one name', async () => {
    class Nameless {
      check(): HealthStatus {
        return 'up';
      }
    }
    class OtherRates extends RatesClient {}
    // A program without types can list anything.
    await expect(run({ health: [Nameless as never, RatesClient, OtherRates] })).rejects.toMatchObject({
      code: 'APPLICATION_INVALID',
      facts: {
        problems: [
          {
            code: 'HEALTH_INDICATOR_INVALID',
            summary: 'an instance of Nameless, listed under health as class Nameless, has no name or no method check.',
          },
          { code: 'HEALTH_INDICATOR_INVALID', summary: 'two health indicators are named "rates".' },
        ],
      },
    });
  });
});
