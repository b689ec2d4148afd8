import { describe, expect, it } from '@jest/globals';
import { eventType } from '../../src/envelope/event-type.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import { isFunctionClass, readDefinition } from '../../src/functions/function-definition.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';

const Changed = eventType<{ price: number }>('test.changed');

@StatefunFunction('test/base')
class Base {
  @Persisted() readonly price = PersistedValue.of<number>();
  @Handles(Changed) onChanged(): void {}
  @Handles('test.a') @Handles('test.b') onEither(): void {}
  @Handles() onOther(): void {}
  @OnSubscribe() current(): undefined {}
}

@StatefunFunction('test/derived', { onFailure: 'skip' })
class Derived extends Base {
  @Handles('test.c') async onC(): Promise<void> {}
}

class Undeclared extends Base {}

@StatefunFunction('not a type', { handlerTimeout: 'soon' })
class Wrong {
  @Handles('x') one(): void {}
  @Handles('x') two(): void {}
  @Handles() three(): void {}
  @Handles() four(): void {}
}

@StatefunFunction('test/empty')
class Empty {}

describe('readDefinition', () => {
  it('reads what the decorators recorded', () => {
    const { definition, problems } = readDefinition(Base);
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({ type: 'test/base', onSubscribe: 'current', persisted: ['price'] });
    const methods = [...(definition?.handlers ?? [])].map(([type, { method, eventType: checked }]) => [type, method, checked]);
    expect(methods).toEqual(
      expect.arrayContaining([
        ['test.changed', 'onChanged', Changed],
        ['test.a', 'onEither', undefined],
        ['test.b', 'onEither', undefined],
      ]),
    );
    expect(definition?.catchAll?.method).toBe('onOther');
  });

  it('inherits handlers and cells', () => {
    const { definition } = readDefinition(Derived);
    expect(definition).toMatchObject({ type: 'test/derived', persisted: ['price'], policy: { onFailure: 'skip' } });
    expect([...(definition?.handlers.keys() ?? [])].sort()).toEqual(['test.a', 'test.b', 'test.c', 'test.changed']);
  });

  it('does not take the declaration of a base class for that of a derived one', () => {
    expect([isFunctionClass(Base), isFunctionClass(Undeclared), isFunctionClass({}), isFunctionClass(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(readDefinition(Undeclared).problems.map(({ code }) => code)).toEqual(['NOT_A_FUNCTION_CLASS']);
  });

  it('returns every mistake at once', () => {
    expect(readDefinition(Wrong).problems.map(({ code }) => code)).toEqual([
      'INVALID_FUNCTION_TYPE',
      'DUPLICATE_HANDLER',
      'DUPLICATE_HANDLER',
      'INVALID_DURATION',
    ]);
    expect(readDefinition(Empty).problems.map(({ code }) => code)).toEqual(['FUNCTION_WITHOUT_HANDLERS']);
  });
});
