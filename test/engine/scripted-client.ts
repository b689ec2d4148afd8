import type { BatchResponse, BatchResult, InvocationBatch, StateSpec } from '../../src/functions/remote/invocation-batch.ts';
import type { RemoteClient, RemotePolicy } from '../../src/functions/remote/remote-function.ts';
import type { TypedValue } from '../../src/shared/typed-value.ts';

export const policy: RemotePolicy = { callBudgetMs: 120_000, batchMessagesMax: 1_000, onFailure: 'dead-letter', whenUnavailable: 'wait' };

/** Answers calls as the test says, and keeps them. */
export class ScriptedClient implements RemoteClient {
  readonly description = 'http://remote.test/';
  readonly batches: InvocationBatch[] = [];
  readonly signals: AbortSignal[] = [];
  closed = 0;
  answer: (batch: InvocationBatch) => BatchResponse | Promise<BatchResponse>;

  constructor(answer: ScriptedClient['answer'] = () => result({})) {
    this.answer = answer;
  }

  async call(batch: InvocationBatch, signal: AbortSignal): Promise<BatchResponse> {
    this.batches.push(batch);
    this.signals.push(signal);
    return this.answer(batch);
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }

  /** The messages of each call, as the texts that the events carry. */
  get texts(): readonly (readonly string[])[] {
    return this.batches.map(textsOf);
  }
}

/** An answer that the test gives when it wants to. */
export class Gate {
  #waiting: (() => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  pass(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  open(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Lets promises and turns of the engine happen until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    if (turns === 20_000) throw new Error('the condition never held');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function textsOf(batch: InvocationBatch): readonly string[] {
  return batch.invocations.map(({ argument }) => {
    const event = JSON.parse(Buffer.from(argument.value).toString()) as { readonly type: string };
    return event.type;
  });
}

export function result(effects: Partial<Omit<BatchResult, 'kind'>>): BatchResult {
  return { kind: 'result', mutations: [], messages: [], delayed: [], egress: [], ...effects };
}

export function missing(...specs: readonly (Partial<StateSpec> & { readonly name: string })[]): BatchResponse {
  return { kind: 'incomplete', missing: specs.map((spec) => ({ typename: intType, expiration: undefined, ...spec })) };
}

export const intType = 'io.statefun.types/int';

/** StateFun's bytes of an int: nothing for 0. */
export function int(value: number): TypedValue {
  const bytes = Buffer.alloc(5, 0x0d);
  bytes.writeInt32LE(value, 1);
  return { typename: intType, hasValue: true, value: value === 0 ? new Uint8Array(0) : bytes };
}

export function readInt(value: TypedValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  return value.value.byteLength === 0 ? 0 : Buffer.from(value.value).readInt32LE(1);
}

/** A function that counts its messages in the state `count`, as an SDK would serve it. */
export function counting(batch: InvocationBatch): BatchResponse {
  const state = batch.states.find(({ name }) => name === 'count');
  if (state === undefined) return missing({ name: 'count' });
  const count = (readInt(state.value) ?? 0) + batch.invocations.length;
  return result({ mutations: [{ name: 'count', value: int(count) }] });
}
