import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SendIngress } from '../../src/application/sent-events/send-ingress.ts';
import { sendRequests } from '../../src/application/sent-events/send-requests.ts';
import { toolRequests } from '../../src/state-tools/running-requests.ts';
import { main } from '../../src/cli/main.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import { Shelf } from '../state-tools/state-bed.ts';
import { EngineBed } from '../engine/engine-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

describe('statefun send', () => {
  let folder: string;
  let bed: EngineBed;
  let store: LogStore;
  let send: SendIngress;

  const start = async (): Promise<void> => {
    store = await openInline(folder);
    bed = await EngineBed.start([Shelf], { store, moreIngress: (router) => [(send = new SendIngress(router))] });
    store.answerRequests(sendRequests(send, toolRequests(bed.engine, store)));
  };
  beforeEach(async () => {
    folder = createTemporaryFolder();
    await start();
  });
  afterEach(async () => {
    await bed.engine.stop();
    removeFolder(folder);
  });

  const run = async (...parameters: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const output = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const code = await main([...parameters, '--state-folder', folder], output);
    return { code, out, err };
  };
  const put = (name: string): string => JSON.stringify({ target: 'test/shelf/one', name });

  it('hands an event to the running application, durably, and prints its id', async () => {
    const { code, out } = await run('send', 'put', put('a'));
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^[0-9a-f-]{36}\n$/) });
    // The state folder is read as it is on the disk.
    await bed.engine.whenQuiet();
    expect(JSON.parse((await run('state', 'get', 'test/shelf', 'one', '--json')).out)).toMatchObject({
      cells: [{ name: 'count', value: 1 }, {}, {}, {}, {}, {}],
    });
    expect(JSON.parse((await run('state', 'inspect', '--json')).out)).toMatchObject({ positions: [] });
  });

  it('handles an event once that is sent again under its id, also after a restart (APPLICATION-N3)', async () => {
    const again = ['send', 'put', put('a'), '--id', 'first', '--source', '/till'];
    expect(await run(...again)).toMatchObject({ code: 0, out: 'first\n' });
    expect(await run(...again)).toMatchObject({ code: 0, out: 'first was sent before\n' });
    await bed.engine.stop();
    await start();
    expect(JSON.parse((await run(...again, '--json')).out)).toEqual({ id: 'first', source: '/till', repeated: true });
    expect(await run('send', 'put', put('b'), '--id', 'first', '--source', '/desk')).toMatchObject({ out: 'first\n' });
    await bed.engine.whenQuiet();
    expect(await bed.state('test/shelf/one')).toMatchObject({ notes: ['put a', 'put b'] });
  });

  it.each([
    ['what no forwarder accepts', ['put', '{"name":"a"}'], 'NO_FORWARDER'],
    ['a function that is not there', ['put', '{"target":"test/table/one"}'], 'UNKNOWN_FUNCTION'],
    ['a type that is none', ['', put('a')], 'INVALID_CLOUD_EVENT'],
    ['a source that is no URI', ['put', put('a'), '--source', 'a b'], 'INVALID_CLOUD_EVENT'],
    ['an event that is too large', ['put', put('a'.repeat(1_100_000))], 'EVENT_TOO_LARGE'],
  ])('refuses %s with its code, and keeps nothing (APPLICATION-N1)', async (_name, parameters, code) => {
    expect(await run('send', ...parameters, '--id', 'x')).toMatchObject({ code: 1, out: '', err: expect.stringContaining(code) });
    expect(bed.engine.deadLetters()).toEqual([]);
    expect(bed.engine.statistics()).toMatchObject({ recordsTaken: 0 });
    // The id is free: what was refused was not sent.
    expect(await run('send', 'put', put('a'), '--id', 'x')).toMatchObject({ out: 'x\n' });
  });

  it('refuses data that is no JSON, and says when no application runs', async () => {
    expect(await run('send', 'put', '{"a":')).toMatchObject({ code: 2, err: expect.stringContaining('<json> is not JSON') });
    await bed.engine.stop();
    expect(await run('send', 'put', put('a'))).toMatchObject({ code: 1, err: expect.stringContaining('APPLICATION_NOT_RUNNING') });
  });

  it('says how to send an event again when the application stops before it has answered', async () => {
    store.answerRequests(() => Promise.reject(new StatefunError('ENGINE_STOPPED', 'it stops.')));
    const { code, err } = await run('send', 'put', put('a'), '--id', 'mine');
    expect([code, err]).toEqual([1, expect.stringMatching(/--id mine\n[^]*ENGINE_STOPPED/)]);
  });

  it('takes no event any more once the engine stops', async () => {
    await bed.engine.stop();
    await expect(
      send.send('{"specversion":"1.0","id":"1","source":"/a","type":"put","data":{"target":"test/shelf/one"}}'),
    ).rejects.toMatchObject({
      code: 'ENGINE_STOPPED',
    });
  });
});
