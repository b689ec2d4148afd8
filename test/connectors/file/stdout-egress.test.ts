import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { stdoutEgress } from '../../../src/connectors/file/stdout-egress.ts';
import { describeEgress, egressContext, egressRecord } from '../../contracts/egress-contract.ts';

describeEgress('stdout', { skipsResent: false }, () => {
  let text = '';
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => ((text += chunk), done()),
  });
  return Promise.resolve({
    open: () => stdoutEgress('test/out', { output }),
    read: () => Promise.resolve(text.split('\n').slice(0, -1)),
  });
});

describe('stdoutEgress', () => {
  it('acknowledges when the output has taken the lines', async () => {
    let take: () => void = () => undefined;
    const output = new Writable({ write: (_chunk, _encoding, done) => (take = done) });
    const egress = stdoutEgress('test/out', { output });
    await egress.start(egressContext());
    let isAcknowledged = false;
    const sent = egress.send([egressRecord('a')]).then(() => (isAcknowledged = true));
    await new Promise(setImmediate);
    expect(isAcknowledged).toBe(false);
    take();
    await sent;
  });

  it.each([
    [false, '{"data":"\u009b2J\u202e"}'],
    [true, '{"data":"\\u009b2J\\u202e"}'],
  ])('writes records as they are to a pipe, and escaped to a terminal (terminal: %s)', async (isTTY, line) => {
    let text = '';
    const write = (chunk: Buffer, _encoding: string, done: () => void): void => ((text += chunk.toString()), done());
    const output = Object.assign(new Writable({ write }), { isTTY });
    const egress = stdoutEgress('test/out', { output });
    await egress.start(egressContext());
    await egress.send([{ ...egressRecord('a'), data: '{"data":"\u009b2J\u202e"}' }]);
    expect(text).toBe(`${line}\n`);
  });

  it('rejects, and does not end the process, when the reader has gone away', async () => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const egress = stdoutEgress('test/out', { output });
    await egress.start(egressContext());
    await expect(egress.send([egressRecord('a')])).rejects.toMatchObject({ code: 'EGRESS_OUTPUT_CLOSED' });
    await expect(egress.send([egressRecord('a')])).rejects.toMatchObject({ code: 'EGRESS_OUTPUT_CLOSED' });
  });
});
