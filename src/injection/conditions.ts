import { describe, StatefunError } from '../shared/errors.ts';
import { appendMetadata, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import { tokenName, type Token } from './token.ts';

/** Condition of a provider, function or forwarder. All given properties must hold. */
export interface Condition {
  /** Configuration key that must be set, and not to `false`. */
  readonly property?: string;
  /** Value that the key must have, compared as text. */
  readonly equals?: string | number | boolean;
  /** Profile that must be active, or with a leading `!`, must not be active. */
  readonly profile?: string;
  /** Token that no other provider provides. The provider is then a replaceable default. */
  readonly missing?: Token;
}

/** Profiles and configuration values, for conditions. */
export interface ConditionSource {
  /** The active profiles. */
  readonly profiles: readonly string[];
  /** Returns the value of a configuration key, or undefined when it is not set. */
  property(key: string): unknown;
}

/** The input of conditions. */
export interface ConditionContext extends ConditionSource {
  hasProvider(token: Token): boolean;
}

/** Whether a provider, function or forwarder is active, and the reasons. */
export interface ConditionOutcome {
  /** Name such as `provider PriceRounding` or `function shop/cart`. */
  readonly what: string;
  readonly matched: boolean;
  /** One reason per condition, such as `profile "aws" is not active (active: local)`. */
  readonly reasons: readonly string[];
}

export const noConditionSource: ConditionSource = { profiles: [], property: () => undefined };

const metadataKey = 'statefun:conditions';

/** Activates the class only when the condition holds. All conditions of a class must hold. */
export function Conditional(condition: Condition): ClassDecorator {
  return (target) => appendMetadata(target, metadataKey, condition);
}

/** Activates the class only when the configuration key is set, and not to `false`, or when it has the given value. */
export function ConditionalOnProperty(key: string, value?: string | number | boolean): ClassDecorator {
  return Conditional({ property: key, ...(value === undefined ? {} : { equals: value }) });
}

/** Activates the class only when the profile is active, or for `'!name'`, when it is not active. */
export function ConditionalOnProfile(profile: string): ClassDecorator {
  return Conditional({ profile });
}

/** Activates the class only when nothing else provides the token: a default that the application can replace. */
export function ConditionalOnMissingProvider(token: Token): ClassDecorator {
  return Conditional({ missing: token });
}

/** Returns the conditions of the class itself, without its bases. */
export function conditionsOf(decorated: ClassOf): readonly Condition[] {
  return readOwnMetadata<readonly Condition[]>(decorated, metadataKey) ?? [];
}

/** Returns the profiles in conditions. Such a profile needs no file. */
export function profilesIn(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap(({ profile }) => (profile === undefined ? [] : [profile.replace(/^!/, '')]));
}

/** Returns whether every condition holds, with the reasons. */
export function decide(what: string, conditions: readonly Condition[], context: ConditionContext): ConditionOutcome {
  const parts = conditions.flatMap((condition) => partsOf(condition, context));
  return { what, matched: parts.every(({ holds }) => holds), reasons: parts.map(({ reason }) => reason) };
}

/** Reports the problems of a condition. `where` names its place. */
export function checkCondition(condition: unknown, where: string): readonly StatefunError[] {
  const invalid = (text: string): StatefunError[] => [new StatefunError('CONDITION_INVALID', `the condition of ${where} ${text}.`)];
  if (typeof condition !== 'object' || condition === null) return invalid(`is ${describe(condition)}`);
  const unknown = Object.keys(condition).find((key) => !conditionKeys.includes(key));
  if (unknown !== undefined) return invalid(`has the key "${unknown}"; there are ${conditionKeys.join(', ')}`);
  // Checked key by key: a program without types can pass any value.
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

/** The reason does not include the value, which could be a secret. */
function propertyPart(key: string, equals: Condition['equals'], context: ConditionContext): Part {
  const value = context.property(key);
  if (value === undefined || value === null) return { holds: false, reason: `property "${key}" is not set` };
  if (equals === undefined) {
    const off = value === false || value === 'false';
    return { holds: !off, reason: `property "${key}" is ${off ? 'false' : 'set'}` };
  }
  // Only scalars can be equal.
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
