import { jsonType } from 'statefun/serving';

/** A user has come. */
export interface LoginEvent {
  readonly user_name: string;
}

/** What is kept for each user. */
export interface Session {
  readonly logins: number;
}

// Names and encodings: what both sides of the protocol compare, and other languages read.
export const loginEvent = jsonType<LoginEvent>('demo/LoginEvent');
export const session = jsonType<Session>('demo/Session');
