import { describe, expect, it } from '@jest/globals';
import { ApplicationEvents, OnApplicationEvent } from '../../../src/injection/application-events.ts';
import { defineApplication } from '../../../src/application/definition.ts';
import { PostConstruct, PreDestroy } from '../../../src/injection/lifecycle.ts';
import { runApplication, type RunOptions } from '../../../src/application/running/run-application.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { Egress } from '../../../src/egress/egress.ts';
import type { Ingress } from '../../../src/ingress/ingress.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { silentLogger, type Logger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { reading, ReadingEvents, ReportFunction, TotalFunction } from '../classes.ts';

/** An application whose every part writes down what happens to it. */
function recording(): { readonly log: string[]; readonly application: ReturnType<typeof defineApplication>; readonly options: RunOptions } {
  const log: string[] = [];
  class Database {
    @PostConstruct() async connect(): Promise<void> {
      await Promise.resolve();
      log.push('provider starts');
    }
    @PreDestroy() async disconnect(): Promise<void> {
      await Promise.resolve();
      log.push('provider ends');
    }
    @OnApplicationEvent('started') onStart(): void {
      log.push('started');
    }
    @OnApplicationEvent('stopping') onStop(): void {
      log.push('stopping');
    }
    @OnApplicationEvent('stopped') onStopped(): void {
      log.push('stopped');
    }
    @OnApplicationEvent('failed') onFailure({ error }: { readonly error: Error }): void {
      log.push(`failed: ${error.message}`);
    }
  }
  class RecordingStore extends MemoryStore {
    override load(collection: string): ReturnType<MemoryStore['load']> {
      if (log.at(-1) !== 'store read') log.push('store read');
      return super.load(collection);
    }
    override close(): Promise<void> {
      log.push('store closed');
      return super.close();
    }
  }
  const note = (text: string) => (): Promise<void> => Promise.resolve(void log.push(text));
  const ingress: Ingress = { id: 'in', description: 'nothing', start: note('ingress starts'), stop: note('ingress stops') };
  const egress: Egress = {
    id: 'meter/totals',
    description: 'nowhere',
    start: note('egress starts'),
    send: () => Promise.resolve([]),
    stop: note('egress stops'),
  };
  return {
    log,
    application: defineApplication({ functions: [TotalFunction, ReportFunction], forwarders: [ReadingEvents], providers: [Database] }),
    options: { ingress: [ingress], egress: [egress], store: new RecordingStore(), logger: silentLogger },
  };
}

describe('the order of start and stop', () => {
  it('is providers, recovery, egress, ingress, and the reverse', async () => {
    const { log, application, options } = recording();

    const running = await runApplication(application, options);

    expect(log).toEqual(['provider starts', 'store read', 'egress starts', 'store read', 'ingress starts', 'started']);
    log.length = 0;
    await running.stop();
    expect(log).toEqual(['stopping', 'ingress stops', 'egress stops', 'store closed', 'stopped', 'provider ends']);
  });

  it('ends what has started when an ingress cannot start', async () => {
    const { log, application, options } = recording();
    const broken: Ingress = {
      id: 'in',
      description: 'no stream',
      start: () => Promise.reject(new Error('no stream')),
      stop: () => Promise.resolve(),
    };

    await expect(runApplication(application, { ...options, ingress: [broken] })).rejects.toThrow('no stream');

    expect(log.slice(log.indexOf('egress starts') + 1)).toEqual([
      'store read',
      'egress stops',
      'store closed',
      'store closed',
      'failed: no stream',
      'provider ends',
    ]);
  });

  it('ends providers too when the engine has to stop by itself', async () => {
    const { log, application, options } = recording();
    let fail = (_error: Error): void => undefined;
    const failing: Ingress = {
      id: 'in',
      description: 'fails later',
      start: (context) => Promise.resolve(void (fail = (error) => context.failed(error))),
      stop: () => Promise.resolve(),
    };
    const running = await runApplication(application, { ...options, ingress: [failing] });
    log.length = 0;

    fail(new Error('stream deleted'));
    const failure = await running.stopped;

    expect(failure?.message).toContain('stream deleted');
    expect(log).toEqual(['egress stops', 'store closed', `failed: ${failure?.message ?? ''}`, 'stopped', 'provider ends']);
    await running.stop();
    expect(log).toHaveLength(5);
  });

  it('gives providers and callers the same events', async () => {
    const { application, options } = recording();
    let injected: ApplicationEvents | undefined;
    const providers = [
      ...(application.options.providers ?? []),
      { provide: 'probe', useFactory: (events: ApplicationEvents) => (injected = events), inject: [ApplicationEvents] },
    ];

    const running = await runApplication(defineApplication({ ...application.options, providers }), options);

    expect(injected).toBe(running.events);
    await running.stop();
  });
});

describe('the deadline of a stop', () => {
  it('is enough for nothing that never settles: the log says what was still busy', async () => {
    const warnings: string[] = [];
    const noted: Logger = {
      ...silentLogger,
      warn: (_text, fields) => void warnings.push(String((fields?.['error'] as Error | undefined)?.message.split('\n')[0])),
      child: () => noted,
    };
    let handling = (): void => undefined;
    const isHandling = new Promise<void>((resolve) => (handling = resolve));
    @StatefunFunction('test/hanging')
    class HangingFunction {
      @Handles() async onAny(): Promise<void> {
        handling();
        await new Promise(() => undefined);
      }
    }
    @Forwarder('meter.reading')
    class ToHanging {
      forward(event: CloudEvent, downstream: Downstream): void {
        downstream.send(HangingFunction, 'h1', event);
      }
    }
    class Stuck {
      @PreDestroy() close(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const ingress = memoryIngress();
    const running = await runApplication(defineApplication({ functions: [HangingFunction], forwarders: [ToHanging], providers: [Stuck] }), {
      ingress: [ingress],
      egress: [],
      store: new MemoryStore(),
      logger: noted,
      stopDeadline: '10ms',
      // What is left for the hooks is measured by this clock: all of it has passed.
      lifecycle: { clock: { now: () => 0, schedule: (_dueAt, callback) => (setImmediate(callback), () => undefined) } },
    });
    ingress.push(reading('1', 'm1', 1));
    await isHandling;

    await running.stop();

    expect(warnings).toEqual([
      'STOP_DEADLINE_PASSED: after 10 ms 1 messages and 0 egress records are left for the next start. Handlers that have not settled: test/hanging/h1.',
      'LIFECYCLE_TIMEOUT: @PreDestroy Stuck.close did not settle within 1000 ms.',
    ]);
  });
});
