import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import { decodeFromFunction } from '../../../../src/request-reply/protocol/decode-response.ts';
import { encodeToFunction } from '../../../../src/request-reply/protocol/request.ts';
import { RequestReplyHandler } from '../../../../src/request-reply/serving/request-reply-handler.ts';
import { typed } from '../../../../src/request-reply/protocol/typed-values.ts';
import { int32Type, stringType } from '../../../../src/state/state-type.ts';
import { LogDouble } from '../../runtime.ts';

/** A function that counts; text makes it fail. `until`, when it is given, is what each message waits for. */
export function counterHandler(until?: () => Promise<void>): RequestReplyHandler {
  const functions = new StatefulFunctions({ logger: new LogDouble() }).bind(
    'demo/counter',
    async ({ storage }, message) => {
      await until?.();
      storage.count = (storage.count ?? 0) + message.asInt();
    },
    { state: { count: int32Type() } },
  );
  return new RequestReplyHandler(functions, { logger: new LogDouble() });
}

const target = { type: 'demo/counter', id: 'Bob' };
const states = [{ name: 'count', value: undefined }];

export const countOne = encodeToFunction({ target, states, invocations: [{ caller: undefined, argument: typed(int32Type(), 1) }] });
export const countText = encodeToFunction({ target, states, invocations: [{ caller: undefined, argument: typed(stringType(), 'x') }] });

/** What the counter answers to {@link countOne}. */
export const counted = {
  kind: 'result',
  mutations: [{ name: 'count', value: { typename: 'io.statefun.types/int', hasValue: true, value: Buffer.from('0d01000000', 'hex') } }],
  messages: [],
  delayed: [],
  egress: [],
};

/** Posts as Flink does. */
export async function post(url: string, body: Uint8Array = countOne, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/octet-stream', ...headers }, body: new Uint8Array(body) });
}

export async function readAnswer(response: Response): Promise<unknown> {
  return decodeFromFunction(new Uint8Array(await response.arrayBuffer()));
}
