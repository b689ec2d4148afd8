import { decodeFromFunction } from '../../src/request-reply/protocol/decode-response.ts';
import { encodeToFunction } from '../../src/request-reply/protocol/request.ts';
import type { BatchResponse, BatchResult, InvocationBatch } from '../../src/functions/remote/invocation-batch.ts';
import type { RequestReplyHandler } from '../../src/request-reply/serving/request-reply-handler.ts';
import type { LogFields, Logger } from '../../src/shared/logger.ts';
import type { Address } from '../../src/shared/address.ts';
import type { TypedValue } from '../../src/shared/typed-value.ts';

/** What a runtime does with the handler, reduced to one call: bytes out, bytes in. */
export async function call(handler: RequestReplyHandler, batch: InvocationBatch): Promise<BatchResponse> {
  return decodeFromFunction(await handler.handle(encodeToFunction(batch)));
}

/** Calls with every state that is asked for attached, without value unless it is given. */
export async function callWithStates(
  handler: RequestReplyHandler,
  target: Address,
  messages: readonly (TypedValue | { readonly caller: Address; readonly argument: TypedValue })[],
  states: Readonly<Record<string, TypedValue>> = {},
): Promise<BatchResult> {
  const invocations = messages.map((message) => ('argument' in message ? message : { caller: undefined, argument: message }));
  const stored = Object.entries(states).map(([name, value]) => ({ name, value }));
  const first = await call(handler, { target, states: stored, invocations });
  if (first.kind === 'result') return first;
  const missing = first.missing.map(({ name }) => ({ name, value: undefined }));
  const second = await call(handler, { target, states: [...stored, ...missing], invocations });
  if (second.kind === 'incomplete') throw new Error(`still missing: ${second.missing.map(({ name }) => name).join(', ')}`);
  return second;
}

/** Lines as `severity text`, and their fields. */
export class LogDouble implements Logger {
  readonly lines: { readonly line: string; readonly fields: LogFields }[] = [];
  readonly #fields: LogFields;

  constructor(fields: LogFields = {}, lines?: LogDouble['lines']) {
    this.#fields = fields;
    if (lines !== undefined) this.lines = lines;
  }

  debug = (text: string, fields?: LogFields): void => this.#add('debug', text, fields);
  info = (text: string, fields?: LogFields): void => this.#add('info', text, fields);
  warn = (text: string, fields?: LogFields): void => this.#add('warn', text, fields);
  error = (text: string, fields?: LogFields): void => this.#add('error', text, fields);

  child(fields: LogFields): Logger {
    return new LogDouble({ ...this.#fields, ...fields }, this.lines);
  }

  #add(severity: string, text: string, fields: LogFields = {}): void {
    this.lines.push({ line: `${severity} ${text}`, fields: { ...this.#fields, ...fields } });
  }
}
