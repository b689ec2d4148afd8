import { connect, type Socket } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/error-registry.ts';
import { onSocketIdle } from './idle-socket.ts';

/*
 * The socket of the process that holds a folder also accepts requests to that process. The first line then contains `"answers":true`. After it
 * every line from the asking process is a request, and every line from the holder is the answer:
 *
 *     {"pid":4711,"holding":true,"answers":true}
 *     > {"change":"drop","ids":["7"]}
 *     {"changed":["7"]}                           or: {"error":{"code":"DEAD_LETTER_UNKNOWN","summary":"…"}}
 *
 * Every process that may open the socket may send requests. Its folder has the permissions of the state folder.
 */

/** Handles a request. An error that it throws is sent to the asking process. The request is not validated and can be any JSON value. */
export type RequestHandler = (request: unknown) => Promise<object>;

/** Longest request, 1 MiB. The ids of ten thousand dead letters need a tenth of that. */
export const requestLengthMax = 1024 * 1024;

/** A connection without a running request is closed after 10 s without data. */
const silentMsMax = 10_000;

/** Longest wait for an answer, 30 s: the answer waits for a commit. */
const answerWithinMs = 30_000;

/** Handles the requests on a connection, one after the other. */
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
      // The asking process decides how long it waits.
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
 * Sends a request to the process that listens on this socket. Returns undefined when no process listens, or when it accepts no requests. Throws
 * an error with the code of the holder's error, and REQUEST_FAILED when no answer arrives.
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
