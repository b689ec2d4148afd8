import { Agent, request } from 'node:http';
import {
  decodeFromFunction,
  encodeToFunction,
  type AttachedState,
  type BatchedMessage,
  type BatchResult,
  type InvocationBatch,
  type OutgoingEgress,
  type OutgoingMessage,
  type StateSpec,
  type TypedValue,
} from 'statefun/serving';

type Address = OutgoingMessage['target'];

/** What one address has, as a runtime keeps it. */
interface Instance {
  readonly address: Address;
  readonly state: Map<string, TypedValue>;
  waiting: BatchedMessage[];
  inFlight: boolean;
}

const requestsInFlightMax = 16;

/**
 * The smallest thing that a function server can take for StateFun: in memory, over the codec of the framework and nothing else of it. One
 * request in flight for each address, what comes meanwhile is its next batch, and a first request teaches the states of a function type.
 */
export class SmallestRuntime {
  readonly egress: OutgoingEgress[] = [];
  readonly specs = new Map<string, StateSpec[]>();
  messages = 0;
  requests = 0;

  private readonly instances = new Map<string, Instance>();
  private readonly ready: Instance[] = [];
  private readonly delayed = new Map<string, NodeJS.Timeout>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: requestsInFlightMax });
  private timers = 0;
  private inFlight = 0;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(private readonly port: number) {}

  /** From the ingress: without a caller. */
  send(address: Address, argument: TypedValue): void {
    this.deliver(address, { caller: undefined, argument });
  }

  /** Resolves when nothing is waiting, in flight or delayed any more. */
  async whenQuiet(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
      this.next();
    });
  }

  close(): void {
    this.agent.destroy();
    for (const timer of this.delayed.values()) clearTimeout(timer);
  }

  private deliver(address: Address, message: BatchedMessage): void {
    const key = `${address.type}/${address.id}`;
    let instance = this.instances.get(key);
    if (instance === undefined) this.instances.set(key, (instance = { address, state: new Map(), waiting: [], inFlight: false }));
    instance.waiting.push(message);
    this.messages += 1;
    if (!instance.inFlight && instance.waiting.length === 1) this.ready.push(instance);
  }

  private next(): void {
    while (this.inFlight < requestsInFlightMax) {
      const instance = this.ready.shift();
      if (instance === undefined) break;
      this.inFlight += 1;
      instance.inFlight = true;
      this.call(instance).then(
        () => this.done(instance),
        (error: unknown) => this.settle?.reject(error),
      );
    }
    if (this.inFlight === 0 && this.timers === 0 && this.ready.length === 0) this.settle?.resolve();
  }

  private done(instance: Instance): void {
    this.inFlight -= 1;
    instance.inFlight = false;
    if (instance.waiting.length > 0) this.ready.push(instance);
    this.next();
  }

  private async call(instance: Instance): Promise<void> {
    const invocations = instance.waiting;
    instance.waiting = [];
    const target = instance.address;
    let response = decodeFromFunction(await this.post({ target, states: this.attached(instance), invocations }));
    if (response.kind === 'incomplete') {
      this.learn(target.type, response.missing);
      response = decodeFromFunction(await this.post({ target, states: this.attached(instance), invocations }));
    }
    if (response.kind === 'incomplete') throw new Error(`${target.type} misses states that it has been sent`);
    this.apply(instance, response);
  }

  /** By name: until the first answer is there, several requests may be told the same. */
  private learn(type: string, missing: readonly StateSpec[]): void {
    const known = this.specs.get(type) ?? [];
    const unknown = missing.filter(({ name }) => known.every((spec) => spec.name !== name));
    this.specs.set(type, [...known, ...unknown]);
  }

  private attached({ address, state }: Instance): AttachedState[] {
    return (this.specs.get(address.type) ?? []).map(({ name }) => ({ name, value: state.get(name) }));
  }

  /** In the order in which StateFun applies a response. */
  private apply({ address, state }: Instance, { messages, delayed, egress, mutations }: BatchResult): void {
    for (const { target, argument } of messages) this.deliver(target, { caller: address, argument });
    for (const effect of delayed) {
      if (effect.kind === 'send') this.schedule(address, effect.cancellationToken, effect.delayMs, effect);
      else this.cancel(`${address.id} ${effect.cancellationToken}`);
    }
    this.egress.push(...egress);
    for (const { name, value } of mutations) {
      if (value === undefined) state.delete(name);
      else state.set(name, value);
    }
  }

  private schedule(caller: Address, token: string | undefined, delayMs: number, { target, argument }: OutgoingMessage): void {
    // A token means something only to the address that gave it.
    const key = token === undefined ? `timer ${this.messages}/${this.timers}/${caller.id}` : `${caller.id} ${token}`;
    this.timers += 1;
    const timer = setTimeout(() => {
      this.delayed.delete(key);
      this.timers -= 1;
      this.deliver(target, { caller, argument });
      this.next();
    }, delayMs);
    this.delayed.set(key, timer);
  }

  private cancel(key: string): void {
    const timer = this.delayed.get(key);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.delayed.delete(key);
    this.timers -= 1;
  }

  private async post(batch: InvocationBatch): Promise<Uint8Array> {
    this.requests += 1;
    const { status, type, body } = await post(this.port, encodeToFunction(batch), this.agent);
    if (status === 200 && type === 'application/octet-stream') return body;
    throw new Error(`the function server answers ${status}, ${type ?? 'no type'}: ${body.toString()}`);
  }
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

export function post(port: number, body: Uint8Array, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': body.byteLength };
    const outgoing = request({ host: '127.0.0.1', port, path: '/', method: 'POST', headers, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, type: incoming.headers['content-type'], body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
