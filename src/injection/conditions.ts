import { describe, StatefunError } from '../shared/errors.ts';
import { appendMetadata, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import { tokenName, type Token } from './token.ts';

/** When a provider, function or forwarder takes part; all that is given must hold. */
export interface Condition {
  /** A configuration key that must be set, and not to `false`. */
  readonly property?: string;
  /** What the key must be set to, compared as text. */
  readonly equals?: string | number | boolean;
  /** A profile that must be active; with `!` in front: that must not be. */
  readonly profile?: string;
  /** A token that nobody else provides: the provider is a default that anyone can replace. */
  readonly missing?: Token;
}

/** What conditions are asked of besides the providers. */
export interface ConditionSource {
  /** The active profiles. */
  readonly profiles: readonly string[];
  /** The value of a configuration key; undefined where it is not set. */
  property(key: string): unknown;
}

/** Everything a condition is decided by. */
export interface ConditionContext extends ConditionSource {
  hasProvider(token: Token): boolean;
}

/** Why something takes part, or does not. */
export interface ConditionOutcome {
  /** `provider PriceRounding`, `function shop/cart` and the like. */
  readonly what: string;
  readonly matched: boolean;
  /** One for each condition: `profile "aws" is not active (active: local)`. */
  readonly reasons: readonly string[];
}

export const noConditionSource: ConditionSource = { profiles: [], property: () => undefined };

const metadataKey = 'statefun:conditions';

/** The class takes part only where all of this holds. Several conditions on one class must all hold. */
export function Conditional(condition: Condition): ClassDecorator {
  return (target) => appendMetadata(target, metadataKey, condition);
}

/** The class takes part only where the configuration key is set, and not to `false`; with a value: where it is set to that. */
export function ConditionalOnProperty(key: string, value?: string | number | boolean): ClassDecorator {
  return Conditional({ property: key, ...(value === undefined ? {} : { equals: value }) });
}

/** The class takes part only where the profile is active; `'!name'`: where it is not. */
export function ConditionalOnProfile(profile: string): ClassDecorator {
  return Conditional({ profile });
}

/** The class takes part only where nobody else provides the token: a default that the application can replace. */
export function ConditionalOnMissingProvider(token: Token): ClassDecorator {
  return Conditional({ missing: token });
}

/** The conditions that stand on this very class. */
export function conditionsOf(decorated: ClassOf): readonly Condition[] {
  return readOwnMetadata<readonly Condition[]>(decorated, metadataKey) ?? [];
}

/** The profiles that conditions ask about: such a profile means something without a file of its own. */
export function profilesIn(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap(({ profile }) => (profile === undefined ? [] : [profile.replace(/^!/, '')]));
}

/** Whether every condition holds, and why. */
export function decide(what: string, conditions: readonly Condition[], context: ConditionContext): ConditionOutcome {
  const parts = conditions.flatMap((condition) => partsOf(condition, context));
  return { what, matched: parts.every(({ holds }) => holds), reasons: parts.map(({ reason }) => reason) };
}

/** What is wrong with a condition; `where` says what it stands on. */
export function checkCondition(condition: unknown, where: string): readonly StatefunError[] {
  const invalid = (text: string): StatefunError[] => [new StatefunError('CONDITION_INVALID', `the condition of ${where} ${text}.`)];
  if (typeof condition !== 'object' || condition === null) return invalid(`is ${describe(condition)}`);
  const unknown = Object.keys(condition).find((key) => !conditionKeys.includes(key));
  if (unknown !== undefined) return invalid(`has the key "${unknown}"; there are ${conditionKeys.join(', ')}`);
  // Checked key by key: a program without types can give anything.
  const { property, equals, profile, missing } = condition as Partial<Record<keyof Condition, unknown>>;
  if (equals !== undefined && property === undefined) return invalid('has equals without property');
  if (property === undefined && profile === undefined && missing === undefined) return invalid('says nothing');
  if (property !== undefined && !isName(property)) return invalid(`has ${describe(property)} as its property`);
  if (profile !== undefined && (!isName(profile) || profile === '!')) return invalid(`has ${describe(profile)} as its profile`);
  if ('missing' in condition && missing === undefined) return invalid('has an undefined token under missing');
  return [];
}

const conditionKeys: readonly string[] = ['property', 'equals', 'profile', 'missing'] satisfies readonly (keyof Condition)[];

interface Part {
  readonly holds: boolean;
  readonly reason: string;
}

function partsOf({ property, equals, profile, missing }: Condition, context: ConditionContext): readonly Part[] {
  return [
    ...(property === undefined ? [] : [propertyPart(property, equals, context)]),
    ...(profile === undefined ? [] : [profilePart(profile, context.profiles)]),
    ...(missing === undefined ? [] : [missingPart(missing, context)]),
  ];
}

/** The value is not part of the reason: it could be a secret. */
function propertyPart(key: string, equals: Condition['equals'], context: ConditionContext): Part {
  const value = context.property(key);
  if (value === undefined || value === null) return { holds: false, reason: `property "${key}" is not set` };
  if (equals === undefined) {
    const off = value === false || value === 'false';
    return { holds: !off, reason: `property "${key}" is ${off ? 'false' : 'set'}` };
  }
  // Scalars only: whatever else a key can hold equals none of them.
  const holds = typeof value !== 'object' && describeScalar(value) === String(equals);
  return { holds, reason: `property "${key}" is ${holds ? '' : 'not '}${describe(equals)}` };
}

function profilePart(profile: string, profiles: readonly string[]): Part {
  const excluded = profile.startsWith('!');
  const name = excluded ? profile.slice(1) : profile;
  const active = profiles.includes(name);
  const reason = `profile "${name}" is ${active ? '' : 'not '}active (active: ${profiles.join(', ') || 'none'})`;
  return { holds: active !== excluded, reason };
}

function missingPart(token: Token, context: ConditionContext): Part {
  const provided = context.hasProvider(token);
  return { holds: !provided, reason: `${tokenName(token)} is ${provided ? 'provided' : 'not provided'} by others` };
}

function describeScalar(value: unknown): string {
  return typeof value === 'string' ? value : describe(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
