import { connect, type Socket } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/error-registry.ts';
import { onSocketIdle } from './idle-socket.ts';

/*
 * The socket by which a process holds a folder also answers requests to that process. Behind the line that says who holds the folder, which
 * ends in `"answers":true` then, every line of the one who asks is a request and every line of the holder its answer:
 *
 *     {"pid":4711,"holding":true,"answers":true}
 *     > {"change":"drop","ids":["7"]}
 *     {"changed":["7"]}                           or: {"error":{"code":"DEAD_LETTER_UNKNOWN","summary":"…"}}
 *
 * Whoever may open the socket may ask: its folder has the permissions of the state folder.
 */

/** Answers a request; what it throws is told to the one who asked. The request comes from outside and can be anything. */
export type RequestHandler = (request: unknown) => Promise<object>;

/** The longest request, 1 MiB: ids of ten thousand dead letters are a tenth of that. */
export const requestLengthMax = 1024 * 1024;

/** How long a connection may be silent, 10 s, before it is closed: while no request is being answered. */
const silentMsMax = 10_000;

/** How long an answer may take, 30 s: it waits for a commit. */
const answerWithinMs = 30_000;

/** Answers the requests that come on a connection, one after the other. */
export function serveRequests(socket: Socket, handler: RequestHandler): void {
  let text = '';
  let open = 0;
  let answering = Promise.resolve();
  socket.setEncoding('utf8').setTimeout(silentMsMax);
  onSocketIdle(socket, () => socket.destroy());
  socket.on('data', (part: string) => {
    text += part;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > requestLengthMax) socket.destroy();
    for (const line of lines) {
      open += 1;
      // It is the one who asked that gives up on a slow answer.
      socket.setTimeout(0);
      answering = answering.then(async () => {
        const answer = await answerTo(line, handler);
        open -= 1;
        if (open === 0) socket.setTimeout(silentMsMax);
        if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
      });
    }
  });
}

async function answerTo(line: string, handler: RequestHandler): Promise<object> {
  try {
    return await handler(JSON.parse(line));
  } catch (error) {
    if (StatefunError.is(error)) return { error: { code: error.code, summary: error.summary } };
    return { error: { summary: toError(error).message } };
  }
}

/**
 * Asks the process that holds a folder behind this socket. Undefined when nobody does, or the holder answers no requests. Throws what the holder
 * threw, as an error of the same code, and REQUEST_FAILED when no answer comes.
 */
export function askHolder(path: string, request: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    let asked = false;
    const settle = (act: () => void): void => {
      socket.destroy();
      act();
    };
    const failed = (reason: string): void =>
      settle(() => reject(new StatefunError('REQUEST_FAILED', `the running application gave no answer: ${reason}.`)));
    socket.setEncoding('utf8').setTimeout(answerWithinMs);
    onSocketIdle(socket, () => failed('it took too long'));
    socket.on('data', (part: string) => {
      text += part;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (asked) return settle(() => settleAnswer(line, resolve, reject));
        if (!answersRequests(line)) return settle(() => resolve(undefined));
        asked = true;
        socket.write(`${JSON.stringify(request)}\n`);
      }
    });
    socket.on('error', (error) => (asked ? failed(error.message) : settle(() => resolve(undefined))));
    socket.on('close', () => (asked ? failed('it closed the connection') : resolve(undefined)));
  });
}

function answersRequests(line: string): boolean {
  try {
    return (JSON.parse(line) as { answers?: unknown } | null)?.answers === true;
  } catch {
    return false;
  }
}

function settleAnswer(line: string, resolve: (answer: unknown) => void, reject: (error: Error) => void): void {
  try {
    const answer = JSON.parse(line) as { error?: { code?: ErrorCode; summary: string } }; // a process of this framework wrote it
    if (answer.error === undefined) resolve(answer);
    else reject(new StatefunError(answer.error.code ?? 'REQUEST_FAILED', answer.error.summary));
  } catch (cause) {
    reject(new StatefunError('REQUEST_FAILED', 'the running application gave an answer that is none.', { cause }));
  }
}
