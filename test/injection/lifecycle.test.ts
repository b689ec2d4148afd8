import { describe, expect, it } from '@jest/globals';
import { assembleApplication } from '../../src/application/assemble.ts';
import { defineApplication } from '../../src/application/definition.ts';
import { Lifecycle, PostConstruct, PreDestroy } from '../../src/injection/lifecycle.ts';
import type { Provider } from '../../src/injection/provider.ts';
import { OnApplicationEvent } from '../../src/injection/application-events.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { TotalFunction } from '../application/classes.ts';

/** Three providers in a chain that write down what happens to them. */
function createChain(): {
  readonly log: string[];
  readonly providers: readonly Provider[];
  readonly Last: new (...args: never[]) => object;
} {
  const log: string[] = [];
  class Hooked {
    constructor() {
      log.push(`new ${this.constructor.name}`);
    }
    @PostConstruct()
    async open(): Promise<void> {
      await Promise.resolve();
      log.push(`open ${this.constructor.name}`);
    }
    @PreDestroy()
    async close(): Promise<void> {
      await Promise.resolve();
      log.push(`close ${this.constructor.name}`);
    }
  }
  class First extends Hooked {}
  class Second extends Hooked {
    static readonly inject = [First];
  }
  class Last extends Hooked {
    static readonly inject = [Second];
  }
  return { log, providers: [Last, Second, First], Last };
}

async function problemsOf(started: Promise<unknown>): Promise<readonly StatefunError[]> {
  const failure: unknown = await started.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!StatefunError.is(failure)) throw new Error('the application was assembled');
  return failure.facts['problems'] as readonly StatefunError[];
}

describe('@PostConstruct and @PreDestroy', () => {
  it('start providers in the order of their dependencies, forwarders after them, and end them in reverse (INJECTION-C4, INJECTION-L1, INJECTION-L2)', async () => {
    const { log, providers, Last } = createChain();
    @Forwarder('a.b')
    class Forwarding {
      static readonly inject = [Last];
      @PostConstruct() open(): void {
        log.push('open forwarder');
      }
      @PreDestroy() close(): void {
        log.push('close forwarder');
      }
      forward(event: CloudEvent, downstream: Downstream): void {
        downstream.send(TotalFunction, 'x', event);
      }
    }
    const application = defineApplication({ functions: [TotalFunction], forwarders: [Forwarding], providers });

    const { lifecycle } = await assembleApplication(application);

    expect(log).toEqual(['new First', 'open First', 'new Second', 'open Second', 'new Last', 'open Last', 'open forwarder']);
    log.length = 0;
    expect(await lifecycle.destroy()).toEqual([]);
    expect(log).toEqual(['close forwarder', 'close Last', 'close Second', 'close First']);
    expect(await lifecycle.destroy()).toEqual([]);
    expect(log).toHaveLength(4);
  });

  it('calls those of what a factory makes, once for an object under two tokens, and not those of a given value', async () => {
    const { log, Last } = createChain();
    const providers: Provider[] = [
      { provide: 'made', useFactory: () => Promise.resolve(new Last()) },
      { provide: 'alias', useFactory: (made: object) => made, inject: ['made'] },
      { provide: 'given', useValue: new Last() },
    ];

    const { lifecycle } = await assembleApplication(defineApplication({ functions: [TotalFunction], providers }));
    await lifecycle.destroy();

    expect(log.filter((line) => !line.startsWith('new'))).toEqual(['open Last', 'close Last']);
  });

  it('makes a subclass that overrides a hook call it once', async () => {
    const calls: string[] = [];
    class Base {
      @PostConstruct() open(): void {
        calls.push('base');
      }
    }
    class Derived extends Base {
      @PostConstruct() override open(): void {
        calls.push('derived');
      }
    }

    await new Lifecycle().start(new Derived());

    expect(calls).toEqual(['derived']);
  });

  it('names a @PostConstruct that fails, with its cause, and destroys what was started before (INJECTION-L3)', async () => {
    const { log, providers, Last } = createChain();
    class Failing {
      static readonly inject = [Last];
      @PostConstruct() connect(): Promise<void> {
        return Promise.reject(new Error('no route to host'));
      }
      @PreDestroy() close(): void {
        log.push('close Failing');
      }
    }
    class Dependent {
      static readonly inject = [Failing];
      constructor() {
        log.push('new Dependent');
      }
    }

    const problems = await problemsOf(
      assembleApplication(defineApplication({ functions: [TotalFunction], providers: [...providers, Failing, Dependent] })),
    );

    expect(problems).toMatchObject([
      {
        code: 'LIFECYCLE_FAILED',
        summary: '@PostConstruct Failing.connect failed: no route to host',
        cause: { message: 'no route to host' },
      },
    ]);
    expect(log.slice(6)).toEqual(['close Last', 'close Second', 'close First']);
  });

  it('gives up a @PostConstruct that never settles at its deadline, naming class and method', async () => {
    const { log, providers, Last } = createChain();
    const clock = new ManualClock();
    let called = (): void => undefined;
    const isCalled = new Promise<void>((resolve) => (called = resolve));
    class Hanging {
      static readonly inject = [Last];
      @PostConstruct() connect(): Promise<void> {
        called();
        return new Promise(() => undefined);
      }
    }
    const application = defineApplication({ functions: [TotalFunction], providers: [...providers, Hanging] });

    const problems = problemsOf(assembleApplication(application, { lifecycle: { clock, postConstructDeadline: '5s' } }));
    await isCalled;
    clock.step(clock.now() + 5_000);

    expect(await problems).toMatchObject([
      {
        code: 'LIFECYCLE_TIMEOUT',
        summary: '@PostConstruct Hanging.connect did not settle within 5000 ms.',
        facts: { className: 'Hanging', method: 'connect' },
      },
    ]);
    expect(log.slice(6)).toEqual(['close Last', 'close Second', 'close First']);
  });

  it('ends the others when a @PreDestroy fails or does not settle by the deadline of all (INJECTION-L4)', async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    class Hanging {
      @PreDestroy() close(): Promise<void> {
        calls.push('hanging');
        return new Promise(() => undefined);
      }
    }
    class Failing {
      @PreDestroy() close(): void {
        throw new Error('disk gone');
      }
    }
    class Fine {
      @PreDestroy() close(): void {
        calls.push('fine');
      }
    }
    const lifecycle = new Lifecycle({ clock });
    for (const instance of [new Fine(), new Failing(), new Hanging()]) await lifecycle.start(instance);

    const destroyed = lifecycle.destroy(200);
    clock.step(clock.now() + 200);

    expect((await destroyed).map(({ code, summary }) => `${code} ${summary}`)).toEqual([
      'LIFECYCLE_TIMEOUT @PreDestroy Hanging.close did not settle within 200 ms.',
      'LIFECYCLE_FAILED @PreDestroy Failing.close failed: disk gone',
    ]);
    expect(calls).toEqual(['hanging', 'fine']);
  });

  it('starts nothing when the application has a mistake that is known without making anything (INJECTION-C1)', async () => {
    const { log, providers } = createChain();

    await problemsOf(assembleApplication(defineApplication({ functions: [TotalFunction, TotalFunction, class Plain {}], providers })));

    expect(log).toEqual([]);
  });
});

describe('hooks of what is made while messages are handled', () => {
  it('calls the synchronous @PostConstruct of a function for each instance, after its dependencies were started', async () => {
    const seen: string[] = [];
    class Rates {
      ready = false;
      @PostConstruct() async load(): Promise<void> {
        await Promise.resolve();
        this.ready = true;
      }
    }
    @StatefunFunction('test/hooked')
    class Hooked {
      static readonly inject = [Rates];
      constructor(readonly rates: Rates) {}
      @PostConstruct() prepare(): void {
        seen.push(`ready: ${this.rates.ready}`);
      }
      @Handles() onAny(): void {}
    }

    const { functions } = await assembleApplication(defineApplication({ functions: [Hooked], providers: [Rates] }));
    seen.length = 0;
    functions.get('test/hooked')?.create();
    functions.get('test/hooked')?.create();

    expect(seen).toEqual(['ready: true', 'ready: true']);
  });

  it('refuses async ones, and what nobody would call, for functions and for providers that are not singletons', async () => {
    @StatefunFunction('test/hooked')
    class HookedFunction {
      @PostConstruct() async load(): Promise<void> {}
      @PreDestroy() close(): void {}
      @OnApplicationEvent('started') onStart(): void {}
      @Handles() onAny(): void {}
    }
    class Connection {
      @PostConstruct() async connect(): Promise<void> {}
      @PreDestroy() close(): void {}
    }
    const providers: Provider[] = [{ provide: Connection, useClass: Connection, scope: 'transient' }];

    const problems = await problemsOf(assembleApplication(defineApplication({ functions: [HookedFunction], providers })));

    expect(problems.map(({ code, summary }) => `${code} ${summary}`)).toEqual([
      'LIFECYCLE_ASYNC @PostConstruct Connection.connect is async, but its instances are transient.',
      'LIFECYCLE_NOT_CALLED nothing would call @PreDestroy Connection.close: its instances are transient.',
      'LIFECYCLE_ASYNC @PostConstruct HookedFunction.load is async, but instances of functions are created and dropped while messages are handled.',
      'LIFECYCLE_NOT_CALLED nothing would call @PreDestroy HookedFunction.close: instances of functions are created and dropped while messages are handled.',
      "LIFECYCLE_NOT_CALLED nothing would call @OnApplicationEvent('started') HookedFunction.onStart: instances of functions are created and dropped while messages are handled.",
    ]);
  });

  it('refuses a promise that a plain method answers with', async () => {
    @StatefunFunction('test/hooked')
    class Hooked {
      @PostConstruct() load(): Promise<void> {
        return Promise.reject(new Error('too late to matter'));
      }
      @Handles() onAny(): void {}
    }

    expect(await problemsOf(assembleApplication(defineApplication({ functions: [Hooked] })))).toMatchObject([{ code: 'LIFECYCLE_ASYNC' }]);
  });
});
