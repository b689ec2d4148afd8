import { describe, expect, it } from '@jest/globals';
import { functionMetadataKey, functionTypeOf } from '../../src/shared/function-target.ts';
import { recordMetadata } from '../../src/shared/metadata.ts';

class CartFunction {}
recordMetadata(CartFunction, functionMetadataKey, { type: 'shop/cart' });

describe('functionTypeOf', () => {
  it('takes a text for the type itself', () => {
    expect(functionTypeOf('shop/cart')).toBe('shop/cart');
  });

  it('reads the type that was recorded on a class', () => {
    expect(functionTypeOf(CartFunction)).toBe('shop/cart');
  });

  it('refuses a class that is not decorated and says what to do', () => {
    expect(() => functionTypeOf(class Undecorated {})).toThrow(/UNKNOWN_FUNCTION: class Undecorated .*\n.*@StatefunFunction/);
  });
});
