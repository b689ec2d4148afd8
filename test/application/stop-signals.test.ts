import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { listenForStopSignals } from '../../src/application/stop-signals.ts';
import { silentLogger, type Logger } from '../../src/shared/logger.ts';

class Source extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function listen(): { source: Source; stops: number[]; texts: string[]; unlisten: () => void } {
  const source = new Source();
  const stops: number[] = [];
  const texts: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (text) => void texts.push(text) };
  const unlisten = listenForStopSignals({ source, logger, stop: () => void stops.push(1), busyWith: () => '3 pending messages' });
  return { source, stops, texts, unlisten };
}

describe('stopping at signals', () => {
  it.each(['SIGTERM', 'SIGINT'])('stops gracefully at the first %s', (signal) => {
    const { source, stops } = listen();

    source.emit(signal);

    expect(stops).toHaveLength(1);
    expect(source.exits).toEqual([]);
  });

  it.each([
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ])('exits at once at %s followed by %s, saying what was still busy', (first, second, code) => {
    const { source, stops, texts } = listen();

    source.emit(first);
    source.emit(second);

    expect(stops).toHaveLength(1);
    expect(source.exits).toEqual([code]);
    expect(texts).toEqual([`${second} again: exiting without waiting for 3 pending messages`]);
  });

  it('leaves the process as it found it once it no longer listens', () => {
    const { source, unlisten } = listen();

    unlisten();

    expect(source.eventNames()).toEqual([]);
  });
});
