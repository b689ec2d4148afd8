import { describe, expect, it } from '@jest/globals';
import { inject } from 'inversify';
import { defineApplication } from '../../../src/application/definition.ts';
import { LoggerToken } from '../../../src/application/logging/logger-token.ts';
import { createLogger } from '../../../src/application/logging/logging.ts';
import type { Provider } from '../../../src/injection/provider.ts';
import { runApplication } from '../../../src/application/running/run-application.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { testFunction } from '../../../src/testing/test-function.ts';
import { reading } from '../classes.ts';

class PriceRounding {
  constructor(@inject(LoggerToken) private readonly logger: Logger) {}

  async round(): Promise<void> {
    this.logger.debug('rounding');
    await Promise.resolve();
    this.logger.info('rounded');
  }
}

@StatefunFunction('meter/total')
class LoggingFunction {
  constructor(
    private readonly rounding: PriceRounding,
    @inject(LoggerToken) private readonly logger: Logger,
  ) {}

  @Handles('meter.reading')
  async onReading(_event: CloudEvent, context: Context): Promise<void> {
    context.logger.info('by the context', { step: 1 });
    this.logger.info('by the function');
    await this.rounding.round();
  }
}

@Forwarder('meter.reading')
class LoggingForwarder {
  constructor(@inject(LoggerToken) private readonly logger: Logger) {}

  forward(event: CloudEvent, downstream: Downstream): void {
    this.logger.info('forwarding');
    downstream.send('meter/total', 'm1', event);
  }
}

const meters = defineApplication({ functions: [LoggingFunction], forwarders: [LoggingForwarder], providers: [PriceRounding] });

interface Line {
  readonly level: string;
  readonly logger?: string;
  readonly text: string;
}

function collecting(): { logger: Logger; lines: () => readonly Line[] } {
  const written: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json', write: (line) => void written.push(line) });
  return { logger, lines: () => written.map((line) => JSON.parse(line) as Line).filter(({ text }) => !text.startsWith('started')) };
}

describe('loggers that are injected', () => {
  it('are named after who asks, and carry the invocation as context.logger does', async () => {
    const { logger, lines } = collecting();
    const ingress = memoryIngress();
    const running = await runApplication(meters, { store: new MemoryStore(), ingress: [ingress], egress: [], logger });

    ingress.push(reading('1', 'm1', 5));
    await running.whenQuiet();

    const context = { address: 'meter/total/m1', messageId: expect.stringMatching(/./) };
    expect(lines()).toMatchObject([
      { logger: 'forwarders.LoggingForwarder', text: 'forwarding' },
      { logger: 'functions.meter/total', text: 'by the context', step: 1, ...context },
      { logger: 'functions.meter/total', text: 'by the function', ...context },
      { logger: 'application.PriceRounding', text: 'rounded', ...context },
    ]);
    expect(lines()[0]).not.toHaveProperty('address');
    await running.stop();
  });

  it('follow the levels that are set while the application runs', async () => {
    const { logger, lines } = collecting();
    const ingress = memoryIngress();
    const running = await runApplication(meters, { store: new MemoryStore(), ingress: [ingress], egress: [], logger });
    const names = running.loggers.list().map(({ name }) => name);
    running.loggers.setLevel('application', 'debug');
    running.loggers.setLevel('functions.meter', 'error');
    running.loggers.setLevel('forwarders', 'silent');

    ingress.push(reading('1', 'm1', 5));
    await running.whenQuiet();

    expect(names).toEqual(expect.arrayContaining(['root', 'engine', 'ingress.memory', 'application.PriceRounding']));
    expect(lines().map(({ level, text }) => [level, text])).toEqual([
      ['debug', 'rounding'],
      ['info', 'rounded'],
    ]);
    await running.stop();
  });

  it('are given to factories, and are replaced as any provider is', async () => {
    const { logger, lines } = collecting();
    const viaFactory: Provider = {
      provide: PriceRounding,
      useFactory: (own: Logger) => new PriceRounding(own),
      inject: [LoggerToken],
    };
    const application = await testFunction(LoggingFunction, { id: 'm1', providers: [viaFactory], logger });
    await application.receives({ type: 'meter.reading', data: null });
    expect(lines().map((line) => line.logger)).toEqual(['functions.meter/total', 'functions.meter/total', 'application']);

    const other = collecting();
    const replaced = await testFunction(LoggingFunction, {
      providers: [PriceRounding, { provide: LoggerToken, useValue: other.logger }],
    });
    await replaced.receives({ type: 'meter.reading', data: null });
    expect(other.lines().map(({ text }) => text)).toEqual(['by the function', 'rounded']);
  });
});
