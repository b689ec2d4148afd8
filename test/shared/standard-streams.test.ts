import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { guardStream, LossyOutput } from '../../src/shared/standard-streams.ts';

/** A stream as those of a process are: a write that fails leaves it open. */
class Reader extends Writable {
  readonly taken: string[] = [];
  gone = false;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.gone) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    this.taken.push(chunk.toString());
    done();
  }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('standard streams', () => {
  it('drop lines that nobody takes, and count them', async () => {
    const reader = new Reader({ autoDestroy: false });
    const output = new LossyOutput(() => reader);
    output.write('one');
    await turn();
    reader.gone = true;
    output.write('two');
    output.write('three');
    await turn();
    expect([reader.taken, output.linesLost]).toEqual([['one'], 2]);
  });

  it('count lines of a stream that has ended, and of one that cannot be written at all', async () => {
    const ended = new Reader();
    ended.end();
    await turn();
    const output = new LossyOutput(() => ended);
    output.write('late');
    await turn();
    const write = (): never => {
      throw new Error('no');
    };
    const broken = new LossyOutput(() => Object.assign(new Reader(), { write }));
    broken.write('never');
    expect([output.linesLost, broken.linesLost]).toEqual([1, 1]);
  });

  it('are guarded once', () => {
    const reader = new Reader();
    guardStream(reader);
    guardStream(reader);
    expect(reader.listenerCount('error')).toBe(1);
  });
});
