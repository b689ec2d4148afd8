import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/application/logging/logging.ts';
import { Loggers, withLevels } from '../../../src/application/logging/logging-levels.ts';
import { namedLogger, silentLogger, type LogFields, type Logger } from '../../../src/shared/logger.ts';

interface Line {
  readonly text: string;
  readonly fields: LogFields | undefined;
}

function recording(): { sink: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const record = (text: string, fields?: LogFields): void => void lines.push({ text, fields });
  return { lines, sink: { debug: record, info: record, warn: record, error: record, child: () => silentLogger } };
}

describe('Loggers', () => {
  it('lets a name inherit from the nearest name above it that has a level', () => {
    const loggers = new Loggers(silentLogger, 'warn');
    loggers.setLevel('functions', 'error');
    loggers.setLevel('functions.shop', 'debug');

    expect(loggers.levelOf('functions.shop/cart')).toBe('debug');
    expect(loggers.levelOf('functions.shopping/cart')).toBe('error');
    expect(loggers.levelOf('functions.bank/account')).toBe('error');
    expect(loggers.levelOf('engine')).toBe('warn');
  });

  it('changes loggers that are in use, at once', () => {
    const { sink, lines } = recording();
    const loggers = new Loggers(sink, 'info');
    const cart = loggers.logger('functions.shop/cart').child({ id: 'c1' });

    cart.debug('1');
    loggers.setLevel('functions', 'debug');
    cart.debug('2');
    loggers.setLevel('functions.shop/cart', 'silent');
    cart.error('3');
    loggers.setLevel('functions.shop/cart', undefined);
    cart.debug('4');
    loggers.setLevel('functions', undefined);
    cart.debug('5');

    expect(lines.map(({ text }) => text)).toEqual(['2', '4']);
    expect(lines[0]?.fields).toEqual({ logger: 'functions.shop/cart', id: 'c1' });
  });

  it('lists what is in use or has a level, and where the level comes from', () => {
    const loggers = new Loggers(silentLogger, 'info');
    loggers.logger('engine');
    loggers.logger('functions.shop/cart');
    loggers.setLevel('functions', 'debug');

    expect(loggers.list()).toEqual([
      { name: 'root', configured: 'info', level: 'info' },
      { name: 'engine', configured: undefined, level: 'info' },
      { name: 'functions', configured: 'debug', level: 'debug' },
      { name: 'functions.shop/cart', configured: undefined, level: 'debug' },
    ]);
  });

  it('falls back to info when the root has no level of its own', () => {
    const loggers = new Loggers(silentLogger, 'error');

    loggers.setLevel('root', undefined);

    expect(loggers.levelOf('engine')).toBe('info');
  });

  it('refuses a level there is not', () => {
    // A console passes on what it was given.
    expect(() => new Loggers(silentLogger, 'info').setLevel('engine', 'loud' as never)).toThrow('"loud" is not a log level');
  });

  it('keeps the fields of a logger that is asked for another name', () => {
    const { sink, lines } = recording();
    const logger = new Loggers(sink, 'info').logger().child({ shard: 1 });

    namedLogger(logger, 'ingress.orders').info('reading', { from: 5 });
    logger.info('unnamed');

    expect(lines).toEqual([
      { text: 'reading', fields: { logger: 'ingress.orders', shard: 1, from: 5 } },
      { text: 'unnamed', fields: { shard: 1 } },
    ]);
  });

  it('says what would be written, so that nobody works for a line that is not', () => {
    const loggers = new Loggers(recording().sink, 'warn');

    expect(loggers.logger('a').isEnabled?.('info')).toBe(false);
    expect(loggers.logger('a').isEnabled?.('warn')).toBe(true);
    expect(new Loggers(silentLogger, 'debug').logger('a').isEnabled?.('error')).toBe(false);
  });
});

describe('withLevels', () => {
  it('leaves a logger that has levels as it is, and puts levels in front of any other', () => {
    const { sink, lines } = recording();
    const given = createLogger({ level: 'warn' });
    expect(withLevels(given)).toBe(given);

    const logger = withLevels(sink);
    namedLogger(logger, 'engine').debug('1');
    logger.loggers.setLevel('engine', 'warn');
    namedLogger(logger, 'engine').info('2');

    expect(lines).toEqual([{ text: '1', fields: { logger: 'engine' } }]);
  });
});

describe('createLogger with levels', () => {
  it('starts with the levels it is given, and writes the name into each line', () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const logger = createLogger({ level: 'error', levels: { engine: 'debug' }, format: 'text', write });

    namedLogger(logger, 'engine').debug('turned', { steps: 3 });
    namedLogger(logger, 'ingress.orders').warn('slow');

    expect(lines).toEqual([expect.stringMatching(/ DEBUG engine: turned steps=3\n$/)]);
    expect(withLevels(logger).loggers.levelOf('engine')).toBe('debug');
  });

  it('writes fields whose names every line has by itself beside them', () => {
    const lines: string[] = [];
    createLogger({ level: 'info', format: 'json', write: (line) => void lines.push(line) }).info('late', {
      time: 5,
      level: 'x',
      text: 'y',
    });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', text: 'late', time_: 5, level_: 'x', text_: 'y' });
  });
});
