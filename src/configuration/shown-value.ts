import { describe } from '../shared/errors.ts';
import { isPlainObject } from './configured-value.ts';
import type { ResolvedValue } from './resolve-references.ts';

/** What is shown in the place of a secret. */
export const redacted = '******';

/** Keys that hold secrets by their name; what an application configures itself may name others. */
const secretName = /password|passphrase|secret|token|credential|private-?key|api-?key/i;

/** Whether the last level of a key names a secret. */
export function isSecretName(key: string): boolean {
  return secretName.test(key.slice(key.lastIndexOf('.') + 1));
}

/** A value as it may be shown: references instead of what they lead to, no secrets, no passwords in URLs. */
export function shownValue({ value, shown = value }: Pick<ResolvedValue, 'value' | 'shown'>, isSecret: boolean): unknown {
  // A reference says where a secret is, not what it is.
  if (isSecret && shown === value) return redacted;
  return withoutPasswords(shown);
}

/** The same for a line of text. */
export function shownText(value: Pick<ResolvedValue, 'value' | 'shown'>, isSecret: boolean): string {
  const shown = shownValue(value, isSecret);
  if (shown === redacted) return redacted;
  return typeof shown === 'object' && shown !== null ? (JSON.stringify(shown) ?? describe(shown)).slice(0, 200) : describe(shown);
}

function withoutPasswords(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*:[^/@\s]*@/i, `$1${redacted}@`);
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, isSecretName(key) ? redacted : withoutPasswords(inner)]));
}
