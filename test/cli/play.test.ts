import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { CommandExit } from '../../src/cli/exit-code.ts';
import { playCommand } from '../../src/cli/play.ts';

/** Keeps what is written; fails as told. */
class Sink extends Writable {
  text = '';
  failure: NodeJS.ErrnoException | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.failure === undefined) this.text += chunk.toString();
    done(this.failure);
  }
}

/** An application as its built module exports it. Decorators are called by hand: the file is plain JavaScript. */
const moduleText = `
import { defineApplication } from '${new URL('../../src/application/definition.ts', import.meta.url).href}';
import { Handles, StatefunFunction } from '${new URL('../../src/functions/decorators.ts', import.meta.url).href}';
import { Forwarder } from '${new URL('../../src/forwarders/forwarder-decorator.ts', import.meta.url).href}';

let attempts = 0;
class Echo {
  onEcho(event, context) {
    if (event.data.fails && attempts++ < event.data.times) throw new Error(event.data.fails);
    if (event.data.hangs) return new Promise(() => {});
    if (event.data.later) context.sendAfter('1h', 'test/echo', '1', { type: 'echo', data: {} });
    context.egress('test/out', { type: 'echoed', data: event.data });
  }
}
Handles('echo')(Echo.prototype, 'onEcho', Object.getOwnPropertyDescriptor(Echo.prototype, 'onEcho'));
StatefunFunction('test/echo', { retry: { attemptsMax: ATTEMPTS } })(Echo);

class Echoes {
  accept(event) { return event.type === 'echo'; }
  forward(event, downstream) { downstream.send('test/echo', '1', event); }
}
Forwarder()(Echoes);

const never = () => { throw new Error('the declared port was used'); };
export default defineApplication({
  functions: [Echo], forwarders: [Echoes],
  egress: [{ id: 'test/out', description: '', start: never, send: never, stop: never }],
});
`;

/** Fails each of its attempts. */
const poison = { fails: 'boom', times: 1_000_000 };

let folder: string;
let application: string;
let stdout: Sink;
let stderr: Sink;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-play-'));
  application = join(folder, 'application.mjs');
  writeFileSync(application, moduleText.replace('ATTEMPTS', '5'));
  stdout = new Sink();
  stderr = new Sink();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const echo = (id: string, data: object, type = 'echo'): object => ({ specversion: '1.0', id, source: '/test', type, data });

/** Plays the lines from a file and answers with the exit code. */
async function play(lines: readonly object[], ...options: string[]): Promise<number> {
  const file = join(folder, 'events.jsonl');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return run(Readable.from([]), application, '--events', file, ...options);
}

async function run(stdin: Readable, ...parameters: string[]): Promise<number> {
  try {
    await playCommand({ stdin, stdout, stderr }).parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommandExit) return thrown.exitCode;
    throw thrown;
  }
}

describe('statefun play', () => {
  it('writes egress events, in order and nothing else, to standard output; the rest goes to standard error', async () => {
    const code = await play([{ type: 'test.comment', data: 'two echoes' }, echo('1', { n: 1 }), echo('2', { n: 2 })]);
    expect(code).toBe(0);
    const lines = stdout.text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { specversion: '1.0', type: 'echoed', data: { n: 1 } },
      { specversion: '1.0', type: 'echoed', data: { n: 2 } },
    ]);
    expect(stderr.text).toContain('# two echoes\n');
    expect(stderr.text).toContain('2 events, 2 invocations, 2 egress events, 0 dead letters\n');
  });

  it('prints each digit of a number that is passed on, and nothing that would move the cursor', async () => {
    const line = '{"specversion":"1.0","id":"1","source":"/t","type":"echo","data":{"id":1524831183200260097,\r"text":"\u009b2J"}}';
    expect(await run(Readable.from([Buffer.from(line)]), application, '--events', '-')).toBe(0);
    expect(stdout.text).toContain('"data":{"id":1524831183200260097,"text":"\\u009b2J"}}\n');
    expect(stdout.text.split('\n')).toHaveLength(2);
  });

  it('reads standard input with -', async () => {
    const code = await run(Readable.from([Buffer.from(JSON.stringify(echo('1', { n: 1 })))]), application, '--events', '-');
    expect(code).toBe(0);
    expect(JSON.parse(stdout.text)).toMatchObject({ data: { n: 1 } });
  });

  it('fails with the reasons when dead letters arose, unless they are allowed', async () => {
    const lines = [echo('1', {}, 'unheard-of'), echo('2', { n: 2 })];
    expect(await play(lines)).toBe(1);
    expect(stderr.text).toContain('2 events, 1 invocation, 1 egress event, 1 dead letter\n');
    expect(stderr.text).toContain('NO_FORWARDER: no forwarder accepts event type "unheard-of"');
    expect(await play(lines, '--allow-dead-letters')).toBe(0);
  });

  it('moves the clock through the attempts of a message that fails, and names the reason when they are used up', async () => {
    expect(await play([echo('1', poison)])).toBe(1);
    expect(stderr.text).toContain('1 dead letter\ndead letter at test/echo/1: Error: boom\n');
    expect(stderr.text).not.toContain('not handled');
  });

  it('prints what leaves when a later attempt succeeds', async () => {
    expect(await play([echo('1', { fails: 'boom', times: 2 })])).toBe(0);
    expect(stdout.text).toContain('"times":2');
  });

  it('ends, with the reason, when a message is tried without end, and says what waits behind it', async () => {
    writeFileSync(application, moduleText.replace('ATTEMPTS', 'Infinity'));
    expect(await play([echo('1', poison), echo('2', {})])).toBe(1);
    expect(stderr.text).toContain('2 messages not handled:\n  test/echo/1 waits for another attempt after 10001 failed attempts');
    expect(stderr.text).toContain(', 1 message behind it: Error: boom\n');
  });

  it('brings about the time-out of a handler that does not settle', async () => {
    writeFileSync(application, moduleText.replace('ATTEMPTS', '1'));
    expect(await play([echo('1', { hangs: true })])).toBe(1);
    expect(stderr.text).toContain('dead letter at test/echo/1: HANDLER_TIMEOUT');
  });

  it('counts delayed messages that are still pending, and does not fail for them', async () => {
    expect(await play([echo('1', { later: true })])).toBe(0);
    expect(stderr.text).toContain('1 delayed message still pending');
    expect(await play([echo('1', { later: true }), { type: 'test.delay', data: '1h' }])).toBe(0);
    expect(stdout.text.trimEnd().split('\n')).toHaveLength(3);
  });

  it('fails for an expectation that does not come true, after the events that left until then', async () => {
    await expect(play([echo('1', { n: 1 }), { type: 'test.expect-egress', data: { data: { n: 2 } } }])).rejects.toThrow(
      'events.jsonl:2: data.n is 1, expected 2',
    );
    expect(stdout.text).toContain('"n":1');
    expect(stderr.text).toContain('1 event, 1 invocation, 1 egress event, 0 dead letters\n');
  });

  it('fails for a file that is missing, and for a line that is no event', async () => {
    await expect(run(Readable.from([]), application, '--events', join(folder, 'no.jsonl'))).rejects.toThrow('FIXTURE_UNREADABLE');
    await expect(play([{ type: 'echo' }])).rejects.toThrow('FIXTURE_INVALID');
  });

  it('ends quietly when the reader of its output goes away', async () => {
    stdout.failure = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await play([echo('1', { n: 1 }), echo('2', { n: 2 })])).toBe(0);
    expect(stderr.text).toBe('');
  });

  it('does not hide another failure of its output', async () => {
    stdout.failure = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await expect(play([echo('1', { n: 1 })])).rejects.toThrow('no space');
  });
});
