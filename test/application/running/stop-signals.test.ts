import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { StopSignals, type StopSignal } from '../../../src/application/running/stop-signals.ts';
import { silentLogger, type Logger } from '../../../src/shared/logger.ts';

class Source extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
  /** As a process does it. */
  send(signal: StopSignal): void {
    this.emit(signal, signal);
  }
}

function listen(...earlier: readonly StopSignal[]) {
  const source = new Source();
  const stops: number[] = [];
  const texts: string[] = [];
  const note = (text: string): void => void texts.push(text);
  const logger: Logger = { ...silentLogger, info: note, warn: note };
  const signals = new StopSignals(source, earlier);
  const started = (): void => signals.whenAsked({ stop: () => void stops.push(1), busyWith: () => '3 pending messages' });
  return { source, stops, texts, signals, logger, started };
}

describe('stopping at signals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops gracefully at the first %s', (signal) => {
    const { source, stops, texts, signals, logger, started } = listen();
    signals.logTo(logger);
    started();

    source.send(signal);

    expect(stops).toHaveLength(1);
    expect(source.exits).toEqual([]);
    expect(texts).toEqual([`${signal}: stopping; once more exits at once`]);
  });

  it.each([
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ] as const)('exits at once at %s followed by %s, saying what was still busy', (first, second, code) => {
    const { source, stops, texts, signals, logger, started } = listen();
    signals.logTo(logger);
    started();

    source.send(first);
    source.send(second);

    expect(stops).toHaveLength(1);
    expect(source.exits).toEqual([code]);
    expect(texts[1]).toBe(`${second} again: exiting without waiting for 3 pending messages`);
  });

  it.each<[string, (given: ReturnType<typeof listen>) => void, readonly StopSignal[]]>([
    ['before it listened', () => undefined, ['SIGTERM']],
    ['before it could log', ({ source }) => source.send('SIGTERM'), []],
  ])('remembers a signal that came %s until there is something to stop', (_when, come, earlier) => {
    const given = listen(...earlier);
    come(given);
    given.signals.logTo(given.logger);
    expect([given.signals.asked, given.texts]).toEqual(['SIGTERM', ['SIGTERM: stopping after the start; once more exits at once']]);
    expect(given.stops).toEqual([]);

    given.started();

    expect(given.stops).toHaveLength(1);
    expect(given.source.exits).toEqual([]);
  });

  it('exits at once at the second signal while nothing has started yet', () => {
    const { source, texts, signals, logger } = listen('SIGTERM');
    signals.logTo(logger);
    source.send('SIGTERM');
    expect(source.exits).toEqual([143]);
    expect(texts[1]).toBe('SIGTERM again: exiting without waiting for the start');
  });

  it('exits at the first signal once nothing is left to stop', () => {
    const { source, signals } = listen();
    signals.over();
    source.send('SIGINT');
    expect(source.exits).toEqual([130]);
  });

  it('leaves the process as it found it once it no longer listens', () => {
    const { source, signals } = listen();

    signals.release();

    expect(source.eventNames()).toEqual([]);
  });
});
