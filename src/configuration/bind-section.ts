import type { SchemaIssue } from '../envelope/standard-schema.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import { isRecord } from './configured-value.ts';
import { variableOf } from './key-path.ts';
import type { OwnSection } from './configuration-class.ts';
import type { ResolvedValue } from './resolve-references.ts';
import { isSecretName, redacted, shownText } from './shown-value.ts';

/** A value of a section with the names of its levels below the section. */
export interface SectionLeaf {
  readonly path: readonly string[];
  readonly value: ResolvedValue;
}

/** Most rounds of conversions. */
const roundsMax = 5;

/**
 * Checks the values of a section with its schema. A text is passed as it is first. If the schema refuses it, it is passed as the number, boolean, JSON
 * or list that it can represent. So a text that looks like a number stays a text where the schema accepts texts.
 */
export function bindSection(
  section: OwnSection,
  leaves: readonly SectionLeaf[],
): { readonly output?: unknown; readonly problems: readonly StatefunError[] } {
  const readings = new Map(
    leaves.map(({ path, value }) => [
      pathKey(path),
      { path, options: value.isText === true ? readText(value.value) : [value.value], at: 0 },
    ]),
  );
  for (let round = 0; ; round += 1) {
    const given = build([...readings.values()].map(({ path, options, at }) => ({ path, value: options[at] })));
    let result: ReturnType<OwnSection['schema']['~standard']['validate']>;
    try {
      result = section.schema['~standard'].validate(given);
    } catch (cause) {
      return { problems: [unusable(section, `threw: ${toError(cause).message}`, cause)] };
    }
    if (isThenable(result)) {
      ignoreRejection(result);
      return { problems: [unusable(section, 'returns a promise')] };
    }
    if (result.issues === undefined) return { output: result.value, problems: [] };
    const refused = result.issues.map((issue) => readings.get(leafKey(issuePath(issue), readings)));
    let changed = false;
    for (const reading of new Set(refused)) {
      if (reading === undefined || reading.at + 1 >= reading.options.length) continue;
      reading.at += 1;
      changed = true;
    }
    if (!changed || round >= roundsMax) return { problems: result.issues.map((issue) => toProblem(section, issue, leaves)) };
  }
}

/** Returns whether the value of a key of the section is secret. */
export function isSecretIn(section: OwnSection, path: readonly string[]): boolean {
  return path.some((level) => isSecretName(level)) || section.secrets.includes(path.join('.'));
}

/** Returns the possible meanings of a text, the text itself first. */
function readText(text: unknown): readonly unknown[] {
  if (typeof text !== 'string') return [text];
  const trimmed = text.trim();
  const items = trimmed.split(',').map((item) => item.trim());
  return [text, ...readScalar(trimmed), ...readJson(trimmed), items, items.map((item) => readScalar(item)[0] ?? item)];
}

function readScalar(text: string): readonly unknown[] {
  if (text === 'true' || text === 'false') return [text === 'true'];
  return /^-?\d+(?:\.\d+)?$/.test(text) ? [Number(text)] : [];
}

function readJson(text: string): readonly unknown[] {
  if (!/^[[{]/.test(text)) return [];
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    return [];
  }
}

function build(values: readonly { readonly path: readonly string[]; readonly value: unknown }[]): unknown {
  const levels = new Map<string, { readonly path: readonly string[]; readonly value: unknown }[]>();
  for (const { path, value } of values) {
    const [level, ...below] = path;
    if (level === undefined) return value;
    levels.set(level, [...(levels.get(level) ?? []), { path: below, value }]);
  }
  return Object.fromEntries(Array.from(levels, ([level, inner]) => [level, build(inner)]));
}

function issuePath({ path = [] }: SchemaIssue): readonly string[] {
  return path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
}

const pathKey = (path: readonly string[]): string => JSON.stringify(path);

/** Returns the key of the value of an issue, or of the value that contains it. */
function leafKey(path: readonly string[], leaves: ReadonlyMap<string, unknown>): string {
  for (let length = path.length; length > 0; length -= 1) {
    const key = pathKey(path.slice(0, length));
    if (leaves.has(key)) return key;
  }
  return pathKey(path);
}

function toProblem(section: OwnSection, issue: SchemaIssue, leaves: readonly SectionLeaf[]): StatefunError {
  const path = issuePath(issue);
  const key = [section.name, ...path].join('.');
  const byPath = new Map(leaves.map((leaf) => [pathKey(leaf.path), leaf]));
  const leaf = byPath.get(leafKey(path, byPath));
  if (leaf === undefined) {
    const below = leaves.some(({ path: other }) => path.every((level, index) => other[index] === level) && other.length > path.length);
    const summary = `${key}${below ? '' : ' is not set'}: ${issue.message.replace(/\.$/, '')}.`;
    const hint = `Set ${key} in application.yaml, or ${variableOf(key)} in the environment.`;
    return new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { facts: { key }, ...(below ? {} : { hint }) });
  }
  const { origin, value } = leaf.value;
  const isSecret = isSecretIn(section, leaf.path) || leaf.value.shown !== undefined;
  const message = isSecret ? withoutValue(issue.message, value) : issue.message;
  const summary = `${key} is ${shownText(leaf.value, isSecretIn(section, leaf.path))} (${origin}): ${message.replace(/\.$/, '')}.`;
  return new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { facts: { key, origin } });
}

/** Removes a secret value from the message of a schema, which may quote it. */
function withoutValue(message: string, value: unknown): string {
  const texts = isRecord(value) || Array.isArray(value) ? Object.values(value) : [value];
  return texts.reduce<string>(
    (text, secret) => (typeof secret === 'object' || String(secret) === '' ? text : text.replaceAll(String(secret), redacted)),
    message,
  );
}

function unusable({ name }: OwnSection, what: string, cause?: unknown): StatefunError {
  return new StatefunError('CONFIGURATION_SECTION_INVALID', `the schema of configuration "${name}" ${what}.`, {
    facts: { section: name },
    cause,
  });
}
