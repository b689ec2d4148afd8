import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toolRequests } from '../../src/state-tools/running-requests.ts';
import { main } from '../../src/cli/main.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import { EngineBed } from '../engine/engine-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

@StatefunFunction('test/bell', { retry: { attemptsMax: 1 } })
class Bell {
  @Persisted() private readonly rung = PersistedList.of<string>();

  @Handles('set')
  onSet({ data: { name } }: CloudEvent<{ readonly name: string }>, context: Context): void {
    context.sendAfter('1h', 'test/bell', 'tower', { type: 'ring', data: { name } }, { cancellationToken: name });
  }

  @Handles('ring')
  onRing({ data: { name } }: CloudEvent<{ readonly name: string }>): void {
    this.rung.append(name);
  }
}

describe('statefun state messages drop, of a delayed message', () => {
  let folder: string;
  let bed: EngineBed;
  let store: LogStore;

  async function start(): Promise<void> {
    store = await openInline(folder);
    bed = await EngineBed.start([Bell], { store });
    store.answerRequests(toolRequests(bed.engine, store));
  }
  beforeEach(async () => {
    folder = createTemporaryFolder();
    await start();
    for (const name of ['noon', 'evening']) await bed.receives('test/bell/tower', 'set', { name });
  });
  afterEach(async () => {
    await bed.engine.stop();
    removeFolder(folder);
  });

  const messages = async (...parameters: readonly string[]): Promise<string> => {
    let out = '';
    const output = { out: (text: string) => void (out += text), err: (text: string) => void (out += text) };
    await main(['state', 'messages', ...parameters, '--state-folder', folder], output);
    return out;
  };
  const idOf = async (token: string): Promise<string> => {
    const listed = JSON.parse(await messages('list', '--kind', 'delayed', '--json')) as {
      messages: { id: string; cancellationToken: string }[];
    };
    return listed.messages.find((message) => message.cancellationToken === token)?.id ?? '';
  };

  it('cancels it in a running application, and no other: it never arrives, also after a restart', async () => {
    expect(await messages('list')).toMatch(/delayed {2}test\/bell\/tower .* cancellation token noon\n/);
    const id = await idOf('noon');
    expect(await messages('drop', id)).toBe(`1 message dropped: ${id}\n`);
    expect(await messages('drop', id)).toContain('MESSAGE_UNKNOWN');
    await bed.engine.stop();
    await start();
    await bed.advance(3_600_000);
    expect(await bed.state('test/bell/tower')).toEqual({ rung: ['evening'] });
  });

  it('leaves its token to the next one', async () => {
    await messages('drop', await idOf('noon'));
    await bed.receives('test/bell/tower', 'set', { name: 'noon' });
    expect(bed.engine.deadLetters()).toEqual([]);
    await bed.advance(3_600_000);
    expect(await bed.state('test/bell/tower')).toEqual({ rung: ['evening', 'noon'] });
  });

  it('cancels it in a stopped application', async () => {
    await bed.engine.stop();
    await messages('drop', await idOf('evening'));
    await start();
    await bed.advance(3_600_000);
    expect(await bed.state('test/bell/tower')).toEqual({ rung: ['noon'] });
  });
});
