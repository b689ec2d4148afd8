import { Envelope } from '../../src/envelope/envelope.ts';
import type { BatchResponse, BatchResult, InvocationBatch } from '../../src/functions/remote/invocation-batch.ts';
import type { RemoteClient } from '../../src/functions/remote/remote-function.ts';
import { formatAddress } from '../../src/shared/address.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import type { TypedValue } from '../../src/shared/typed-value.ts';
import { below, seededRandom } from '../../src/shared/seeded-random.ts';
import { missing } from './scripted-client.ts';

export type Fault = 'none' | 'fail' | 'unavailable' | 'hang';

export const modelTypes = ['test/one', 'test/two'] as const;
const yearMs = 365 * 24 * 3_600_000;
const taskType = 'model/Task';
const memoType = 'model/Memo';

/** What a message asks for follows from its seed alone. */
interface Task {
  readonly seed: number;
  readonly depth: number;
  /** Counts what the sender has sent to this target. */
  readonly ordinal?: number;
  /** Takes back a delayed message. */
  readonly cancel?: string;
}

interface Memo {
  readonly handled: number[];
  readonly sent: Record<string, number>;
  readonly received: Record<string, number>;
}

/** What happens to calls beside their work. */
export interface RemoteWorld {
  /** Asked once a call, with the seeds of its messages. */
  fault(tasks: readonly number[]): Fault;
  pause(): Promise<void>;
  /** Promises of the engine that were seen broken. */
  readonly violations: string[];
}

/** Functions that do what the seeds of their messages say, and look whether the engine keeps its promises. */
export class RemoteModel implements RemoteClient {
  readonly description = 'the model';
  /** A process that is gone gets no answers. */
  alive = true;
  /** Calls that will be answered without the clock. */
  working = 0;
  readonly #world: RemoteWorld;
  /** Calls that somebody waits for. */
  readonly #running = new Map<string, AbortSignal>();

  constructor(world: RemoteWorld) {
    this.#world = world;
  }

  static handled(state: Record<string, unknown>): readonly number[] {
    const memo = state['memo'] as { readonly base64: string } | undefined;
    if (memo === undefined) return [];
    return [...(JSON.parse(Buffer.from(memo.base64, 'base64').toString()) as Memo).handled].sort();
  }

  static seedOf(envelope: Uint8Array): string {
    return String(readTask(Envelope.decodeTrusted(envelope).typedValue).seed);
  }

  async call(batch: InvocationBatch, signal: AbortSignal): Promise<BatchResponse> {
    const self = formatAddress(batch.target);
    if (this.#running.get(self)?.aborted === false) this.#world.violations.push(`${self} is called twice at once`);
    this.#running.set(self, signal);
    this.working += 1;
    try {
      await this.#world.pause();
      const tasks = batch.invocations.map(({ argument }) => readTask(argument));
      const fault = this.#world.fault(tasks.map(({ seed }) => seed));
      if (!this.alive) return await new Promise(() => undefined);
      if (fault === 'hang') await this.#hang(signal);
      if (fault === 'unavailable') throw new StatefunError('REMOTE_UNAVAILABLE', 'nobody is there.');
      if (fault === 'fail' || tasks.some(isPoison)) throw new StatefunError('REMOTE_CALL_FAILED', 'status 500.');
      return this.#answer(batch, tasks);
    } finally {
      this.working -= 1;
      if (this.#running.get(self) === signal) this.#running.delete(self);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #hang(signal: AbortSignal): Promise<void> {
    this.working -= 1;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
    this.working += 1;
    throw new Error('aborted');
  }

  #answer(batch: InvocationBatch, tasks: readonly Task[]): BatchResponse {
    const state = batch.states.find(({ name }) => name === 'memo');
    if (state === undefined) return missing({ name: 'memo', typename: memoType });
    const text = Buffer.from(state.value?.value ?? []).toString();
    const memo = text === '' ? { handled: [], sent: {}, received: {} } : (JSON.parse(text) as Memo);
    const effects: Effects = { messages: [], delayed: [], egress: [] };
    for (const [index, task] of tasks.entries()) {
      this.#receive(memo, task, formatAddress(batch.target), batch.invocations[index]?.caller);
      spread(memo, task, batch.target, effects);
    }
    return { kind: 'result', ...effects, mutations: [{ name: 'memo', value: json(memoType, memo) }] };
  }

  #receive(memo: Memo, { seed, ordinal, cancel }: Task, self: string, caller: { type: string; id: string } | undefined): void {
    const { violations } = this.#world;
    if (cancel !== undefined) return;
    if (memo.handled.includes(seed)) violations.push(`${self} handles ${seed} twice`);
    memo.handled.push(seed);
    if (caller === undefined || ordinal === undefined) return;
    const sender = formatAddress(caller);
    const before = memo.received[sender] ?? 0;
    if (ordinal <= before) violations.push(`${self} has ${ordinal} after ${before} from ${sender}`);
    memo.received[sender] = ordinal;
  }
}

interface Effects {
  readonly messages: BatchResult['messages'][number][];
  readonly delayed: BatchResult['delayed'][number][];
  readonly egress: BatchResult['egress'][number][];
}

function spread(memo: Memo, { seed, depth, cancel }: Task, self: { type: string; id: string }, effects: Effects): void {
  if (cancel !== undefined) {
    effects.delayed.push({ kind: 'cancel', cancellationToken: cancel });
    return;
  }
  const random = seededRandom(seed);
  const child = () => ({ seed: below(random, 1_000_000_000), depth: depth - 1 });
  const target = () => ({ type: modelTypes[below(random, 2)] ?? '', id: String(below(random, 4)) });
  effects.egress.push({ egressId: 'test/out', argument: json('model/Out', { seed }) });
  if (depth === 0) return;
  for (let count = below(random, 4); count > 0; count -= 1) {
    const to = target();
    const key = formatAddress(to);
    const ordinal = (memo.sent[key] ?? 0) + 1;
    memo.sent[key] = ordinal;
    effects.messages.push({ target: to, argument: json(taskType, { ...child(), ordinal }) });
  }
  if (random() < 0.4) {
    effects.delayed.push({
      kind: 'send',
      delayMs: below(random, 300),
      cancellationToken: undefined,
      target: target(),
      argument: json(taskType, child()),
    });
  }
  if (random() < 0.4) {
    const token = `far ${seed}`;
    effects.delayed.push({ kind: 'send', delayMs: yearMs, cancellationToken: token, target: target(), argument: json(taskType, child()) });
    if (random() < 0.3) effects.delayed.push({ kind: 'cancel', cancellationToken: token });
    else if (random() < 0.5) effects.messages.push({ target: self, argument: json(taskType, { seed: 1, depth: 0, cancel: token }) });
  }
}

function isPoison({ seed, cancel }: Task): boolean {
  return cancel === undefined && seed % 17 === 0;
}

/** From a model's own messages, and from the events that the test feeds. */
function readTask({ typename, value }: TypedValue): Task {
  const content = JSON.parse(Buffer.from(value).toString()) as Task | { readonly data: Task };
  return typename === taskType ? (content as Task) : (content as { readonly data: Task }).data;
}

function json(typename: string, content: unknown): TypedValue {
  return { typename, hasValue: true, value: Buffer.from(JSON.stringify(content)) };
}
