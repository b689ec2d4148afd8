const refuse = (): never => {
  throw new Error('a trap');
};

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** A getter that throws, on an Error that is one in every other respect. */
function withGetter(property: string): Error {
  return Object.defineProperty(new Error('readable'), property, { get: refuse });
}

/** What can be thrown and cannot be looked at without care. */
export const hostileValues: readonly (readonly [string, () => unknown])[] = [
  ['a revoked proxy', () => revoked({})],
  ['a revoked proxy of an Error', () => revoked(new Error('x'))],
  ['a revoked proxy of a function', () => revoked(() => undefined)],
  ['a proxy whose traps throw', () => new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse, has: refuse })],
  ['an Error whose message throws', () => withGetter('message')],
  ['an Error whose name throws', () => withGetter('name')],
  ['an Error whose stack throws', () => withGetter('stack')],
  ['an Error whose cause throws', () => withGetter('cause')],
  ['an Error whose code throws', () => withGetter('code')],
  ['an Error that is its own cause', () => ((error) => Object.assign(error, { cause: error }))(new Error('x'))],
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['an object whose constructor throws', () => Object.defineProperty({}, 'constructor', { get: refuse })],
  ['a symbol', () => Symbol('x')],
  ['null', () => null],
  ['a function whose name is no text', () => Object.defineProperty(() => undefined, 'name', { value: 1 })],
];
