import type { FunctionContext, TypedMessage } from 'statefun/serving';
import { greeting, greetingsEgress } from './greetings.ts';
import { loginEvent, session } from './types.ts';

/** What the engine keeps for each user, and forgets half an hour after their last login. */
export const greetState = { session: { type: session, expire: { afterWrite: '30m' } } } as const;

/** The greeter as a function: state is in `context.storage`. */
export function greet(context: FunctionContext<typeof greetState>, message: TypedMessage): void {
  const { user_name: userName } = message.as(loginEvent);
  const logins = (context.storage.session?.logins ?? 0) + 1;
  context.storage.session = { logins };
  context.sendEgress(greetingsEgress, greeting(userName, logins));
}
