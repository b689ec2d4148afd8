import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';

/** Functions that handlers left behind, to be called later, and the promise that the running handler awaits. */
export const left: { calls: (() => void)[]; open: (() => void)[] } = { calls: [], open: [] };

type Method = (...parameters: never[]) => unknown;

/** A decorator as for tracing: what it puts in the place of the method is no async function. */
export function Traced(_target: object, _method: string, descriptor: PropertyDescriptor): void {
  const original = descriptor.value as Method; // a method is what is decorated
  descriptor.value = function (this: object, ...parameters: never[]): unknown {
    return original.apply(this, parameters);
  };
}

/** What a compiler below ES2017 makes of an async method: a plain one, over a generator. */
function ascend(of: object, steps: () => Generator<Promise<unknown>, void>): Promise<void> {
  const generator = steps.call(of);
  const next = (): Promise<void> => {
    const { done, value } = generator.next();
    return done === true ? Promise.resolve() : value.then(next);
  };
  return next();
}

/** An instance of which no method is an async function, though two of them wait. */
@StatefunFunction('test/leaving')
export class Leaving {
  @Persisted() readonly log = PersistedTable.of<string>();

  @Handles('leave')
  @Traced
  onLeave(event: CloudEvent): void {
    left.calls.push(() => this.log.set('left', event.id));
  }

  @Handles('traced')
  @Traced
  async onTraced(event: CloudEvent): Promise<void> {
    this.log.set('traced', event.id);
    await new Promise<void>((resolve) => left.open.push(resolve));
  }

  @Handles('generator')
  onGenerator(event: CloudEvent): Promise<void> {
    const { log } = this;
    return ascend(this, function* () {
      log.set('generator', event.id);
      yield new Promise<void>((resolve) => left.open.push(resolve));
    });
  }

  /** A thenable that is a function, as some promise libraries make them. */
  @Handles('callable')
  onCallable(event: CloudEvent): Promise<void> {
    const waiting = new Promise<void>((resolve) => left.open.push(resolve));
    const settled = waiting.then(() => this.log.set('callable', event.id));
    const callable = (): void => undefined;
    // Safe: what is awaited of a promise is its `then`.
    return Object.assign(callable, { then: settled.then.bind(settled) }) as unknown as Promise<void>;
  }

  /** Calls what an earlier handler left, within its own attempt. */
  @Handles('call')
  onCall(event: CloudEvent, context: Context): void {
    this.log.set('call', event.id);
    try {
      left.calls.shift()?.();
    } catch (error) {
      context.egress('test/out', { type: 'refused', data: { message: String(error) } });
    }
  }
}
