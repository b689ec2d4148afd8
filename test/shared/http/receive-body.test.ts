import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from '../../../src/shared/http/byte-budget.ts';
import { BodyDecoder, receiveBody, type ReceivedBody } from '../../../src/shared/http/receive-body.ts';

const limits = { bodyBytesMax: 1_000_000, timeoutMs: 60_000 };

function bytesOf(received: ReceivedBody): string {
  return 'status' in received ? `refused ${received.status}` : received.bytes.toString();
}

/** Streams hand on what is written in later turns. */
async function turns(): Promise<void> {
  for (let count = 0; count < 10; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('receiving bodies', () => {
  it('keeps all bodies under way within one budget, however many connections bring them', async () => {
    const budget = new ByteBudget(1_000_000);
    const requests = Array.from({ length: 100 }, () => new PassThrough());
    const received = requests.map((request) => receiveBody(request, { ...limits, budget }));
    let bytesUsedMost = 0;
    for (const request of requests) {
      request.write(Buffer.alloc(100_000));
      await turns();
      bytesUsedMost = Math.max(bytesUsedMost, budget.bytesUsed);
    }
    expect(bytesUsedMost).toBeLessThanOrEqual(1_000_000);
    for (const request of requests) request.end();
    const ends = (await Promise.all(received)).map((body) => ('status' in body ? body.status : 'taken'));
    // Nine fit with what keeps their chunks; those that have been incomplete for longest made room.
    expect(ends.filter((end) => end === 'taken')).toHaveLength(9);
    expect([ends[0], ends[99]]).toEqual([503, 'taken']);
  });

  it('counts what a chunk costs beside its bytes', async () => {
    const budget = new ByteBudget(10_000);
    const request = new PassThrough();
    const received = receiveBody(request, { ...limits, budget });
    for (let count = 0; count < 100; count += 1) {
      request.write('a');
      await turns();
    }
    expect(bytesOf(await received)).toBe('refused 503');
    expect(budget.bytesUsed).toBe(0);
  });

  it('gives the room of a complete body back when it is released, and that of others at once', async () => {
    const budget = new ByteBudget(10_000);
    const whole = new PassThrough();
    whole.end('whole');
    const body = await receiveBody(whole, { ...limits, budget });
    expect(bytesOf(body)).toBe('whole');
    expect(budget.bytesUsed).toBeGreaterThanOrEqual(5);
    if ('lease' in body) body.lease.release();
    const [large, late, gone] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const ends = [
      receiveBody(large, { ...limits, bodyBytesMax: 3, budget }),
      receiveBody(late, { ...limits, timeoutMs: 1, budget }),
      receiveBody(gone, { ...limits, budget }).then(bytesOf, (error: Error) => error.message),
    ];
    for (const request of [large, late, gone]) request.write('abcd');
    await turns();
    gone.destroy();
    const [one, two, three] = await Promise.all(ends);
    expect([one, two, three]).toMatchObject([
      { status: 413 },
      { status: 408, text: 'the body did not come within 1 ms.' },
      'the client went away',
    ]);
    expect(budget.bytesUsed).toBe(0);
  });

  it('decodes complete bodies alone, one at a time, and counts what they become', async () => {
    const budget = new ByteBudget(1_000_000);
    const decoder = new BodyDecoder();
    const receive = async (bytes: Buffer): Promise<ReceivedBody> => {
      const request = new PassThrough();
      request.end(bytes);
      const received = await receiveBody(request, { ...limits, budget });
      return 'status' in received ? received : decoder.decode({ ...received, socket: { destroyed: false } }, 'gzip', limits.bodyBytesMax);
    };
    const bomb = gzipSync(Buffer.alloc(1_000_001));
    const large = gzipSync(Buffer.alloc(600_000));
    const ends = await Promise.all([receive(bomb), receive(large), receive(large), receive(Buffer.from('no gzip'))]);
    expect(ends.map((end) => ('status' in end ? end.status : end.bytes.byteLength))).toEqual([413, 600_000, 503, 400]);
    for (const end of ends) if ('lease' in end) end.lease.release();
    expect(budget.bytesUsed).toBe(0);
  });

  it('drops a body that waits to be decoded when its client has gone, and decodes the next one', async () => {
    const budget = new ByteBudget(1_000_000);
    const decoder = new BodyDecoder();
    const receive = async (bytes: Buffer, socket: { readonly destroyed: boolean }): Promise<string> => {
      const request = new PassThrough();
      request.end(bytes);
      const received = await receiveBody(request, { ...limits, budget });
      if ('status' in received) return bytesOf(received);
      const decoded = await decoder.decode({ ...received, socket }, 'gzip', limits.bodyBytesMax);
      if ('lease' in decoded) decoded.lease.release();
      return bytesOf(decoded);
    };
    const ends = await Promise.allSettled([
      receive(gzipSync('first'), { destroyed: false }),
      // Were it decoded, it would be refused with 400.
      receive(Buffer.from('no gzip'), { destroyed: true }),
      receive(gzipSync('third'), { destroyed: false }),
    ]);
    expect(ends).toMatchObject([{ value: 'first' }, { reason: { message: 'the client went away' } }, { value: 'third' }]);
    expect(budget.bytesUsed).toBe(0);
  });

  it('refuses bodies that are incomplete when the budget is closed, keeps those that are complete, and takes no more', async () => {
    const budget = new ByteBudget(1_000_000);
    const [whole, withheld, late] = [new PassThrough(), new PassThrough(), new PassThrough()];
    whole.end('whole');
    const complete = receiveBody(whole, { ...limits, budget });
    await complete;
    const incomplete = receiveBody(withheld, { ...limits, budget });
    withheld.write('with');
    await turns();
    budget.close();
    const ends = await Promise.all([complete, incomplete, receiveBody(late, { ...limits, budget })]);
    expect(ends.map(bytesOf)).toEqual(['whole', 'refused 503', 'refused 503']);
    expect(ends[1]).toMatchObject({ text: 'the server is stopping.' });
  });
});
