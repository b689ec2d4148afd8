import { playgroundRecord, type TypedValue } from 'statefun/serving';

/** The egress that greetings leave through; module.yaml says where it is. */
export const greetingsEgress = 'io.statefun.playground/egress';

export function greeting(userName: string, logins: number): TypedValue {
  return playgroundRecord({ topic: 'greetings', payload: `Hey ${userName}! Login ${logins} of this session.` });
}
