import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toolRequests } from '../../src/state-tools/running-requests.ts';
import { main } from '../../src/cli/main.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { EngineBed } from '../engine/engine-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

@StatefunFunction('test/ping', { retry: { attemptsMax: 10, delay: '1h', delayMax: '1h' } })
class Ping {
  @Handles('ball')
  onBall(event: CloudEvent<{ readonly fails?: true }>, context: Context): void {
    if (event.data.fails === true) throw new RangeError('the net is torn');
    context.send('test/pong', 'b', { type: 'ball', data: {} });
  }

  @Handles('later')
  onLater(_event: CloudEvent, context: Context): void {
    context.sendAfter('1h', 'test/pong', 'late', { type: 'ball', data: {} }, { cancellationToken: 'later' });
  }
}

@StatefunFunction('test/pong')
class Pong {
  @Handles('ball')
  async onBall(_event: CloudEvent, context: Context): Promise<void> {
    await Promise.resolve();
    context.send('test/ping', 'a', { type: 'ball', data: {} });
  }

  @Handles('hang')
  onHang(): Promise<void> {
    return new Promise(() => undefined);
  }
}

interface Listed {
  readonly messages: readonly { readonly id: string }[];
}

describe('statefun state messages', () => {
  let folder: string;
  let bed: EngineBed;
  beforeEach(() => void (folder = createTemporaryFolder()));
  afterEach(async () => {
    await bed.engine.stop({ deadlineMs: 1 });
    removeFolder(folder);
  });

  async function start(): Promise<void> {
    const store = await openInline(folder);
    bed = await EngineBed.start([Ping, Pong], { store });
    store.answerRequests(toolRequests(bed.engine, store));
  }

  const run = async (...parameters: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    let [out, err] = ['', ''];
    const output = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const code = await main(['state', 'messages', ...parameters, '--state-folder', folder], output);
    return { code, out, err };
  };
  const list = async (...parameters: readonly string[]): Promise<Listed> =>
    JSON.parse((await run('list', ...parameters, '--json')).out) as Listed;

  it('lists what waits for another attempt, with the reason, what waits behind it, and what is delayed', async () => {
    await start();
    await bed.receives('test/ping/a', 'ball', { fails: true });
    await bed.receives('test/ping/a', 'ball');
    await bed.receives('test/ping/b', 'later');
    await bed.engine.stop();

    const { messages } = await list();
    expect(messages).toMatchObject([
      {
        kind: 'waiting',
        target: 'test/ping/a',
        eventType: 'ball',
        attempts: 1,
        dueAt: '2026-01-01T01:00:00.000Z',
        failure: { code: 'RangeError', reason: 'the net is torn' },
      },
      { kind: 'pending', target: 'test/ping/a', attempts: 0 },
      { kind: 'delayed', target: 'test/pong/late', caller: 'test/ping/b', dueAt: '2026-01-01T01:00:00.000Z', cancellationToken: 'later' },
    ]);
    expect((await list('--kind', 'delayed')).messages).toMatchObject([{ kind: 'delayed' }]);
    expect((await list('--type', 'test/pong')).messages).toHaveLength(1);
    const { out } = await run('list', '--limit', '1');
    expect(out).toContain('3 messages\n');
    expect(out).toContain('again at 2026-01-01T01:00:00.000Z, 1 failed attempt: RangeError: the net is torn\n');
  });

  it('drops messages of a stopped application, so that they are not there at the next start', async () => {
    await start();
    await bed.receives('test/ping/a', 'ball', { fails: true });
    await bed.receives('test/ping/b', 'later');
    await bed.engine.stop();
    const [first] = (await list()).messages;

    const unknown = await run('drop', '999');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('MESSAGE_UNKNOWN');
    expect((await list()).messages).toHaveLength(2);
    expect(await run('drop', first?.id ?? '')).toMatchObject({ code: 0, out: `1 message dropped: ${first?.id ?? ''}\n` });
    expect((await run('drop', '--all')).out).toContain('1 message dropped');

    await start();
    expect(bed.engine.statistics()).toMatchObject({ messagesPending: 0, messagesDelayed: 0 });
  });

  it('ends functions of a running application that message each other without end, and goes on with others', async () => {
    await start();
    bed.feed('test/ping/a', 'ball');
    while (bed.engine.statistics().invocations < 100) await new Promise(setImmediate);

    expect(await run('drop', '--type', 'test/ping', 'test/pong')).toMatchObject({ code: 0 });

    await bed.engine.whenQuiet();
    expect(bed.engine.statistics().messagesPending).toBe(0);
    await bed.receives('test/ping/b', 'later');
    expect(bed.engine.statistics().messagesDelayed).toBe(1);
    await bed.engine.stop();
    expect((await list()).messages).toMatchObject([{ kind: 'delayed' }]);
  });

  it('drops the message of a handler that runs, of a running application, and handles what waits behind it', async () => {
    await start();
    bed.feed('test/pong/x', 'hang');
    bed.feed('test/pong/x', 'hang');
    while (bed.engine.statistics().messagesPending < 2) await new Promise(setImmediate);
    while ((await list()).messages.length < 2) await new Promise(setImmediate);
    const [first] = (await list()).messages;

    const unknown = await run('drop', '999');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('MESSAGE_UNKNOWN');
    expect(await run('drop', first?.id ?? '')).toMatchObject({ code: 0 });

    expect(bed.engine.waiting()).toMatchObject([{ address: 'test/pong/x', messages: 1 }]);
    expect((await list()).messages).toHaveLength(1);
  });

  it('wants ids, types or --all, and one of them only', async () => {
    await start();
    for (const parameters of [[], ['1', '--all'], ['--all', '--type', 'test/ping']]) {
      expect(await run('drop', ...parameters)).toMatchObject({ code: 2 });
    }
    expect((await run('drop', '--type', 'ping')).code).not.toBe(0);
  });
});
