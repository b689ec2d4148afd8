import { describe, expect, it } from '@jest/globals';
import { inject } from '../../src/injection/inject.ts';
import { OnApplicationEvent, listenersOf } from '../../src/injection/application-events.ts';
import { assembleApplication } from '../../src/application/assemble.ts';
import { defineApplication, type ApplicationOptions } from '../../src/application/definition.ts';
import { PostConstruct, PreDestroy } from '../../src/injection/lifecycle.ts';
import type { NewEvent } from '../../src/envelope/cloud-event.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { ReportFunction } from '../application/classes.ts';

const functions = [ReportFunction];

/** The mistakes of a start, each `CODE text`. */
async function mistakesOf(options: ApplicationOptions): Promise<readonly string[]> {
  try {
    await assembleApplication(defineApplication(options));
  } catch (thrown) {
    if (!StatefunError.is(thrown)) throw thrown;
    return (thrown.facts['problems'] as readonly StatefunError[]).map(({ code, summary }) => `${code} ${summary}`);
  }
  return [];
}

class Handling {
  @Handles()
  onEvent(): void {}
}

describe('decorators that would do nothing', () => {
  it('are reported on static methods, whichever decorator it is', async () => {
    @StatefunFunction('misplaced/static')
    class StaticFunction extends Handling {
      @Handles('misplaced.event')
      static onMisplaced(): void {}

      @OnSubscribe()
      static current(): NewEvent | undefined {
        return undefined;
      }
    }
    class StaticProvider {
      @inject('x') static readonly x: unknown;

      @PostConstruct()
      static open(): void {}

      @PreDestroy()
      static close(): void {}

      @OnApplicationEvent('started')
      static onStarted(): void {}
    }
    @Forwarder('misplaced.event')
    class StaticForwarder {
      @PostConstruct()
      static open(): void {}

      forward(): void {}
    }

    expect(await mistakesOf({ functions: [StaticFunction], forwarders: [StaticForwarder], providers: [StaticProvider] })).toEqual([
      'DECORATOR_MISPLACED @inject on StaticProvider.x has no effect: it is static.',
      'DECORATOR_MISPLACED @PostConstruct on StaticProvider.open has no effect: it is static.',
      'DECORATOR_MISPLACED @PreDestroy on StaticProvider.close has no effect: it is static.',
      'DECORATOR_MISPLACED @OnApplicationEvent on StaticProvider.onStarted has no effect: it is static.',
      'DECORATOR_MISPLACED @Handles on StaticFunction.onMisplaced has no effect: it is static.',
      'DECORATOR_MISPLACED @OnSubscribe on StaticFunction.current has no effect: it is static.',
      'DECORATOR_MISPLACED @PostConstruct on StaticForwarder.open has no effect: it is static.',
    ]);
  });

  it('are reported on getters, which are not called to find that out', async () => {
    @StatefunFunction('misplaced/getters')
    class GetterFunction extends Handling {
      @Handles('misplaced.event')
      get onMisplaced(): () => void {
        throw new Error('it was called');
      }

      @OnSubscribe()
      get current(): () => undefined {
        throw new Error('it was called');
      }

      @PostConstruct()
      get open(): () => void {
        throw new Error('it was called');
      }
    }

    expect([...(await mistakesOf({ functions: [GetterFunction] }))].sort()).toEqual([
      'DECORATOR_MISPLACED @Handles on GetterFunction.onMisplaced has no effect: it is a getter or setter.',
      'DECORATOR_MISPLACED @OnSubscribe on GetterFunction.current has no effect: it is a getter or setter.',
      'DECORATOR_MISPLACED @PostConstruct on GetterFunction.open has no effect: it is a getter or setter.',
    ]);
  });

  it('are reported on what an abstract class declares and nobody implements, and on fields', async () => {
    abstract class Declared {
      /** An untyped program can decorate anything. */
      static decorate(member: string): void {
        Handles(`misplaced.${member}`)(this.prototype, member, {});
      }
    }
    Declared.decorate('implemented');
    Declared.decorate('forgotten');
    Declared.decorate('field');
    @StatefunFunction('misplaced/abstract')
    class AbstractFunction extends Declared {
      readonly field = (): void => undefined;
      implemented(): void {}
    }

    expect(await mistakesOf({ functions: [AbstractFunction] })).toEqual([
      'DECORATOR_MISPLACED @Handles on AbstractFunction.forgotten has no effect: the class has no method of that name, only a field or a declaration.',
      'DECORATOR_MISPLACED @Handles on AbstractFunction.field has no effect: the class has no method of that name, only a field or a declaration.',
    ]);
  });

  it('are reported on generators, whose bodies nobody would run', async () => {
    @StatefunFunction('misplaced/generators')
    class GeneratorFunction extends Handling {
      *onMisplaced(): Generator<number> {
        yield 1;
      }

      async *onOther(): AsyncGenerator<number> {
        yield await Promise.resolve(1);
      }
    }
    // Types allow only methods that return nothing or a promise.
    for (const method of ['onMisplaced', 'onOther']) Handles(`misplaced.${method}`)(GeneratorFunction.prototype, method, {});

    expect(await mistakesOf({ functions: [GeneratorFunction] })).toEqual([
      'DECORATOR_MISPLACED @Handles on GeneratorFunction.onMisplaced has no effect: it is a generator (function*), whose body would never run.',
      'DECORATOR_MISPLACED @Handles on GeneratorFunction.onOther has no effect: it is a generator (function*), whose body would never run.',
    ]);
  });

  it('are reported on methods whose names are symbols', async () => {
    @StatefunFunction('misplaced/symbol')
    class SymbolFunction extends Handling {}
    // Types allow only names that are text.
    Handles('misplaced.event')(SymbolFunction.prototype, Symbol('hidden') as unknown as string, {});

    expect(await mistakesOf({ functions: [SymbolFunction] })).toEqual([
      'DECORATOR_MISPLACED @Handles on SymbolFunction.Symbol(hidden) has no effect: its name is a symbol.',
    ]);
  });

  it('are reported in forwarders and providers, which handle and keep nothing', async () => {
    @Forwarder('misplaced.event')
    class HandlingForwarder extends Handling {
      forward(): void {}
    }
    class KeepingProvider {
      @Persisted() readonly total = PersistedValue.of<number>();

      @OnSubscribe()
      current(): NewEvent | undefined {
        return undefined;
      }
    }

    expect(await mistakesOf({ functions, forwarders: [HandlingForwarder], providers: [KeepingProvider] })).toEqual([
      'DECORATOR_MISPLACED class KeepingProvider has @OnSubscribe and @Persisted, which only a class with @StatefunFunction can have.',
      'DECORATOR_MISPLACED class HandlingForwarder has @Handles, which only a class with @StatefunFunction can have.',
    ]);
  });

  it('are reported where one class has the same one twice, or is a function and a forwarder', async () => {
    @StatefunFunction('misplaced/outer')
    @StatefunFunction('misplaced/inner')
    class TwiceFunction extends Handling {}
    @Forwarder('misplaced.one')
    @Forwarder('misplaced.two')
    class TwiceForwarder {
      forward(): void {}
    }
    @StatefunFunction('misplaced/both')
    @Forwarder('misplaced.event')
    class Both extends Handling {
      forward(): void {}
    }

    expect(await mistakesOf({ functions: [TwiceFunction, Both], forwarders: [TwiceForwarder] })).toEqual([
      'DECORATOR_REPEATED class TwiceFunction has @StatefunFunction more than once.',
      'DECORATOR_REPEATED class Both has both @StatefunFunction and @Forwarder.',
      'DECORATOR_REPEATED class TwiceForwarder has @Forwarder more than once.',
    ]);
  });

  it('are reported where two methods answer subscribers; a subclass replaces one by the same name', async () => {
    class Answering extends Handling {
      @OnSubscribe()
      current(): NewEvent | undefined {
        return undefined;
      }
    }
    @StatefunFunction('misplaced/two-answers')
    class TwoAnswers extends Answering {
      @OnSubscribe()
      state(): NewEvent | undefined {
        return undefined;
      }
    }
    @StatefunFunction('misplaced/one-answer')
    class OneAnswer extends Answering {
      @OnSubscribe()
      override current(): NewEvent | undefined {
        return undefined;
      }
    }

    expect(await mistakesOf({ functions: [TwoAnswers] })).toEqual([
      'DUPLICATE_HANDLER class TwoAnswers answers subscribers in both current() and state().',
    ]);
    expect(await mistakesOf({ functions: [OneAnswer] })).toEqual([]);
  });

  it('count once where a subclass overrides a listener and marks it again', () => {
    class Listening {
      @OnApplicationEvent('started')
      onStarted(): void {}
    }
    class Overriding extends Listening {
      @OnApplicationEvent('started')
      override onStarted(): void {}
    }

    expect(listenersOf(Overriding)).toEqual([{ event: 'started', method: 'onStarted' }]);
  });
});
