import { PersistedValue, type FunctionContext, type TypedMessage } from 'statefun/serving';
import { greeting, greetingsEgress } from './greetings.ts';
import { loginEvent, session, type Session } from './types.ts';

/** The greeter as an object: state is in its fields. There is one object for all users; the field holds the session of the current one. */
export class Greeter {
  readonly session = PersistedValue.of<Session>({ type: session, expire: { afterWrite: '30m' } });

  invoke(context: FunctionContext, message: TypedMessage): void {
    const { user_name: userName } = message.as(loginEvent);
    const logins = this.session.getOrDefault({ logins: 0 }).logins + 1;
    this.session.set({ logins });
    context.sendEgress(greetingsEgress, greeting(userName, logins));
  }
}
