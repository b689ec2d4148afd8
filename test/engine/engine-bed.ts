import { memoryEgress, type MemoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import { memoryIngress, type MemoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineOptions } from '../../src/engine/engine-options.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Router } from '../../src/forwarders/router.ts';
import { readDefinition } from '../../src/functions/function-definition.ts';
import type { RemoteClient, RemotePolicy } from '../../src/functions/remote/remote-function.ts';
import { FunctionRegistry } from '../../src/functions/function-registry.ts';
import type { Ingress } from '../../src/ingress/ingress.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { Store } from '../../src/storage/store.ts';

export interface EngineBedOptions extends Partial<Omit<EngineOptions, 'functions' | 'router' | 'ingress' | 'egress'>> {
  readonly egress?: Egress;
  /** Egresses beside `egress`. */
  readonly moreEgress?: readonly Egress[];
  /** Ingresses beside the one in memory. */
  readonly moreIngress?: (router: Router) => readonly Ingress[];
  /** By type or `namespace/*`. */
  readonly remote?: Readonly<Record<string, { readonly client: RemoteClient; readonly policy: RemotePolicy }>>;
}

/** An engine in memory with one ingress, one egress ("test/out"), and a forwarder that sends `<namespace>.<name>` events to `test/<name>`. */
export class EngineBed {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly ingress: MemoryIngress;
  readonly out: MemoryEgress;
  readonly engine: Engine;
  #events = 0;

  constructor(classes: readonly (new () => object)[], options: EngineBedOptions & { clock?: ManualClock; store?: Store } = {}) {
    this.clock = options.clock ?? new ManualClock();
    this.store = options.store ?? new MemoryStore();
    this.ingress = memoryIngress();
    this.out = memoryEgress('test/out');
    const functions = new FunctionRegistry();
    for (const functionClass of classes) {
      const { definition, problems } = readDefinition(functionClass);
      if (definition === undefined) throw problems[0] ?? new Error('no definition');
      functions.register(definition, () => new functionClass());
    }
    for (const [type, { client, policy }] of Object.entries(options.remote ?? {})) functions.registerRemote(type, client, policy);
    const router = new Router([{ name: 'ToData', forwarder: toAddressInData, order: 0 }], {
      isRegistered: (type) => functions.has(type),
      registeredTypes: () => functions.types(),
      clock: this.clock,
    });
    const egress = options.egress ?? this.out;
    this.engine = new Engine({
      ...options,
      functions,
      router,
      ingress: [this.ingress, ...(options.moreIngress?.(router) ?? [])],
      egress: [egress, ...(options.moreEgress ?? [])],
      store: this.store,
      clock: this.clock,
    });
  }

  static async start(classes: readonly (new () => object)[], options: ConstructorParameters<typeof EngineBed>[1] = {}): Promise<EngineBed> {
    const bed = new EngineBed(classes, options);
    await bed.engine.start();
    return bed;
  }

  /** Feeds an event for `test/<name>` with the id, and waits until the engine is quiet. */
  async receives(target: string, type: string, data: object = {}): Promise<void> {
    this.feed(target, type, data);
    await this.engine.whenQuiet();
  }

  feed(target: string, type: string, data: object = {}): void {
    this.ingress.push(eventFor(target, type, data, `event-${++this.#events}`));
  }

  /** Moves the clock, letting the engine become quiet whenever something was due. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.clock.now() + durationMs;
    while (this.clock.step(untilMs)) await this.engine.whenQuiet();
    await this.engine.whenQuiet();
  }

  state(target: string): Promise<Record<string, unknown>> {
    const [type, id] = split(target);
    return this.engine.state({ type, id });
  }

  get egressData(): readonly unknown[] {
    return this.out.events.map((event) => event.data);
  }
}

/** An event that the bed's forwarder sends to the target, `namespace/name/id`. */
export function eventFor(target: string, type: string, data: object, id: string): CloudEvent {
  return { specversion: '1.0', id, source: '/test', type, datacontenttype: 'application/json', data: { ...data, target } };
}

const toAddressInData: EventForwarder = {
  accept: (event) => typeof (event.data as { target?: unknown }).target === 'string',
  forward(event, downstream) {
    const [type, id] = split((event.data as { target: string }).target);
    downstream.send(type, id, event);
  },
};

function split(target: string): [type: string, id: string] {
  const slash = target.lastIndexOf('/');
  return [target.slice(0, slash), target.slice(slash + 1)];
}
