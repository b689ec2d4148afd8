// Compiled by the type check, never run: a line marked @ts-expect-error that compiles is reported.
import { StatefulFunctions } from '../../src/request-reply/serving/functions/stateful-functions.ts';
import { typed } from '../../src/request-reply/protocol/typed-values.ts';
import { bytesType, int32Type, jsonType } from '../../src/state/state-type.ts';

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles only with `true`, so an assertion that is forgotten cannot be one that holds. */
declare function assertType<Holds extends true>(holds?: Holds): void;

interface Session {
  readonly user: string;
}

export const functions = new StatefulFunctions()
  .bind(
    'demo/greeter',
    ({ storage, send }, message) => {
      assertType<Equal<typeof storage.seen, number | undefined>>();
      assertType<Equal<typeof storage.session, Session | undefined>>();
      storage.seen = 1;
      storage.seen = undefined;
      delete storage.session;
      // @ts-expect-error another type
      storage.seen = '1';
      // @ts-expect-error not declared
      storage.other = 1;
      storage.session = message.as(jsonType<Session>('demo/session'));
      // @ts-expect-error a long is a bigint
      storage.seen = message.asLong();
      // @ts-expect-error an object has no type of its own
      send('demo/greeter', 'Bob', { user: 'Bob' });
    },
    { state: { seen: int32Type(), session: { type: jsonType<Session>('demo/session'), expire: { afterWrite: '1h' } } } },
  )
  .bind('demo/stateless', ({ storage }) => {
    // @ts-expect-error no state is declared
    storage.seen = 1;
  });

// @ts-expect-error the value is not of the type
typed(int32Type(), 'one');
typed(bytesType('demo/raw'), Buffer.of(1));
