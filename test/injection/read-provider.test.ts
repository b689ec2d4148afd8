import { describe, expect, it } from '@jest/globals';
import { readProvider } from '../../src/injection/read-provider.ts';

describe('reading a provider', () => {
  it.each([
    [undefined, 'undefined is not a provider'],
    [{ provide: 'x' }, 'has no value, class or factory'],
    [{ provide: 'x', useValue: 1, useFactory: () => 1 }, 'has useValue and useFactory'],
    [{ provide: 'x', useClass: 'Prices' }, 'useClass of the provider of "x" (the test) is "Prices"'],
    [{ provide: 'x', useFactory: () => 1, inject: [undefined] }, 'inject[0] of the provider of "x" is undefined'],
    [{ provide: 'x', useFactory: () => 1, scope: 'request' }, 'has the scope "request"'],
    [{ provide: 'x', useValue: undefined }, 'useValue of the provider of "x" (the test) is undefined'],
    [{ provide: '', useValue: 1 }, 'has "" as its token'],
  ])('refuses the provider %j', (given, text) => {
    const { provider, problems } = readProvider(given, 'the test');

    expect(provider).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'PROVIDER_INVALID', summary: expect.stringContaining(text) }]);
  });

  it('says what to do about a value that is undefined, and takes null as a value', () => {
    expect(readProvider({ provide: 'x', useValue: undefined }, 'the test').problems).toMatchObject([
      { hint: 'Give it a value, null for none, or remove the provider: without one, @optional() injects undefined.' },
    ]);

    const { provider, problems } = readProvider({ provide: 'x', useValue: null }, 'the test');

    expect(problems).toEqual([]);
    expect(provider?.make([])).toBeNull();
  });
});
