import { describe, expect, it, jest } from '@jest/globals';
import { Health, type HealthLimits, type HealthSources } from '../../../src/application/health/health.ts';
import type { HealthIndicator } from '../../../src/application/health/health-indicator.ts';
import type { EngineStatus } from '../../../src/engine/report/engine-status.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';

const well: EngineStatus = {
  phase: 'running',
  failure: undefined,
  stalledMs: 0,
  messages: { pending: 4, endless: undefined },
  ingress: [{ name: 'orders', finished: false, recordsWaiting: 3 }],
  egress: [{ id: 'shop/out', recordsWaiting: 2, failing: undefined }],
  outbox: { records: 2, bytes: 200, full: false },
};

const clock = (): ManualClock => new ManualClock(1_000_000);

interface Options extends Partial<HealthSources> {
  readonly clock?: ManualClock;
  readonly limits?: HealthLimits;
}

function healthOf(status: Partial<EngineStatus> = {}, options: Options = {}): Health {
  const health = new Health(options.clock ?? clock(), options.limits);
  health.attach({
    status: () => ({ ...well, ...status }),
    storeStats: () => ({ commits: 7, bytes: 500, keys: 9 }),
    indicators: options.indicators ?? [],
  });
  health.started();
  return health;
}

const indicator = (name: string, check: HealthIndicator['check']): HealthIndicator => ({ name, check });

describe('readiness', () => {
  it('shows every part of an application that works', async () => {
    expect(await healthOf().readiness()).toEqual({
      status: 'up',
      components: {
        engine: { status: 'up', details: { phase: 'running' } },
        store: { status: 'up', details: { commits: 7, bytes: 500, keys: 9 } },
        messages: { status: 'up', details: { pending: 4 } },
        outbox: { status: 'up', details: { records: 2, bytes: 200 } },
        'ingress:orders': { status: 'up', details: { recordsWaiting: 3 } },
        'egress:shop/out': { status: 'up', details: { recordsWaiting: 2 } },
      },
    });
  });

  it('names functions that message each other without end', async () => {
    const endless = { functions: [{ functionType: 'shop/cart', share: 1 }], invocations: 200_000, perSecond: 90_000, shareOfTime: 0.97 };
    const { status, components } = await healthOf({ messages: { pending: 1, endless } }).readiness();
    expect(status).toBe('up');
    expect(components['messages']).toEqual({ status: 'up', details: { pending: 1, endless } });
  });

  it.each([
    ['new', 'down'],
    ['stopping', 'out-of-service'],
    ['stopped', 'down'],
  ] as const)('is not up while the engine is %s', async (phase, status) => {
    expect((await healthOf({ phase }).readiness()).status).toBe(status);
  });

  it('is down until recovery is over and every ingress reads', async () => {
    const health = new Health(clock());
    const starting = { status: 'down', details: { phase: 'starting' } };
    expect((await health.readiness()).components['engine']).toEqual(starting);
    expect(health.liveness().status).toBe('up');

    health.attach({ status: () => well, storeStats: () => ({ commits: 0, bytes: 0, keys: 0 }), indicators: [] });
    expect((await health.readiness()).components['engine']).toEqual(starting);
    health.started();
    expect((await health.readiness()).status).toBe('up');
  });

  it.each([
    { failingForMs: 60_000, status: 'up' },
    { failingForMs: 60_001, status: 'down' },
  ])('is $status when an egress has failed for $failingForMs ms', async ({ failingForMs, status }) => {
    const failing = { since: 1_000_000 - failingForMs, failures: 4, error: new Error('refused') };
    const report = await healthOf({ egress: [{ id: 'shop/out', recordsWaiting: 5, failing }] }).readiness();

    expect(report.status).toBe(status);
    expect(report.components['egress:shop/out']).toEqual({
      status,
      details: { recordsWaiting: 5, failingForMs, failures: 4, error: 'refused' },
    });
  });

  it('is out of service while the outbox has no room', async () => {
    const report = await healthOf({ outbox: { records: 50_000, bytes: 9, full: true } }).readiness();

    expect(report.status).toBe('out-of-service');
    expect(report.components['outbox']).toEqual({ status: 'out-of-service', details: { records: 50_000, bytes: 9 } });
  });

  it('names the store when it is what made the engine stop, without saying what only its owner may see', async () => {
    const failure = new StatefunError('STORE_WRITE_FAILED', 'the log cannot be written.', { hint: 'secret hint', facts: { path: '/x' } });
    const report = await healthOf({ failure, phase: 'stopped' }).readiness();

    expect(report.components['store']).toEqual({ status: 'down', details: { error: 'STORE_WRITE_FAILED: the log cannot be written.' } });
    expect(JSON.stringify(report)).not.toContain('secret');
  });
});

describe('indicators of the application', () => {
  it.each<[string, HealthIndicator['check'], unknown]>([
    ['a status', () => 'out-of-service', { status: 'out-of-service' }],
    [
      'a promised status with details',
      () => Promise.resolve({ status: 'up', details: { rates: 3 } }),
      { status: 'up', details: { rates: 3 } },
    ],
    [
      'an error',
      () => {
        throw new Error('no rates');
      },
      { status: 'down', details: { error: 'no rates' } },
    ],
    ['a rejection', () => Promise.reject(new Error('no rates')), { status: 'down', details: { error: 'no rates' } }],
    // A program without types can answer anything.
    ['no status', () => true as never, { status: 'down', details: { error: 'check() returned true, which is not a status' } }],
  ])('take part in readiness with %s', async (_, check, expected) => {
    const report = await healthOf({}, { indicators: [indicator('rates', check)] }).readiness();

    expect(report.components['rates']).toEqual(expected);
  });

  it('are down when they do not answer in time, and are not asked again meanwhile', async () => {
    const time = clock();
    let answer: (status: 'up') => void = () => undefined;
    const check = jest.fn(() => new Promise<'up'>((resolve) => (answer = resolve)));
    const health = healthOf({}, { indicators: [indicator('rates', check)], clock: time, limits: { indicator: '2s' } });

    for (let round = 0; round < 2; round += 1) {
      const report = health.readiness();
      time.step(time.now() + 2_000);
      expect((await report).components['rates']).toEqual({ status: 'down', details: { error: 'no result within 2000 ms' } });
    }
    expect(check).toHaveBeenCalledTimes(1);
    answer('up');
    const report = health.readiness();
    expect((await report).status).toBe('up');
    expect(time.nextDueAt).toBeUndefined();
  });
});

describe('liveness', () => {
  it('is up while the engine gets on, whatever the outside does', () => {
    const failing = { since: 0, failures: 100, error: new Error('refused') };
    const health = healthOf(
      { egress: [{ id: 'shop/out', recordsWaiting: 5, failing }], stalledMs: 30_000 },
      { indicators: [indicator('rates', () => 'down')] },
    );

    expect(health.liveness()).toEqual({ status: 'up', components: { engine: { status: 'up' } } });
  });

  it('is down when the engine has failed', () => {
    const health = healthOf({ failure: new Error('stop here'), phase: 'stopped' });

    expect(health.liveness()).toEqual({
      status: 'down',
      components: { engine: { status: 'down', details: { error: 'stop here' } } },
    });
  });

  it('is down when the engine has something to do and does nothing', () => {
    expect(healthOf({ stalledMs: 30_001 }).liveness().components['engine']).toEqual({ status: 'down', details: { stalledForMs: 30_001 } });
    expect(healthOf({ stalledMs: 500 }, { limits: { stalled: 100 } }).liveness().status).toBe('down');
  });
});
