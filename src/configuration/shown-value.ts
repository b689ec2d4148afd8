import { describe } from '../shared/errors.ts';
import { isPlainObject } from '../shared/plain-object.ts';
import type { ResolvedValue } from './resolve-references.ts';

/** Shown in place of a secret. */
export const redacted = '******';

/** Keys that hold secrets by their name; what an application configures itself may name others. */
const secretName = /password|passphrase|secret|token|credential|private-?key|api-?key/i;

/** Returns whether the name of a key's last level indicates a secret. */
export function isSecretName(key: string): boolean {
  return secretName.test(key.slice(key.lastIndexOf('.') + 1));
}

/** Returns a value for display: with unresolved references, without secrets and passwords in URLs. */
export function shownValue({ value, shown = value }: Pick<ResolvedValue, 'value' | 'shown'>, isSecret: boolean): unknown {
  // A reference does not reveal the secret.
  if (isSecret && shown === value) return redacted;
  return withoutPasswords(shown);
}

/** Returns a value for display as one line of text. */
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
