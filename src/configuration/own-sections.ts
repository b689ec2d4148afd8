import { isStandardSchema } from '../envelope/standard-schema.ts';
import { appendAll } from '../shared/append-all.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { bindSection, isSecretIn, type SectionLeaf } from './bind-section.ts';
import type { EffectiveValue } from './configuration.ts';
import { isPlainObject } from '../shared/plain-object.ts';
import { relaxed } from './key-path.ts';
import { readSection, toInstance, type OwnSection } from './configuration-class.ts';
import { resolveReferences, type ReferenceSources } from './resolve-references.ts';
import { settings } from './settings.ts';
import { shownValue } from './shown-value.ts';
import type { ValueTree } from './value-tree.ts';

export interface BoundSections {
  readonly values: readonly EffectiveValue[];
  readonly instances: ReadonlyMap<ClassOf, object>;
  readonly problems: readonly StatefunError[];
}

/** The configurations of an application: their declarations, and the function that binds their values. */
export interface OwnSections {
  readonly sections: readonly OwnSection[];
  readonly names: ReadonlyMap<ClassOf, string>;
  readonly problems: readonly StatefunError[];
  bind(trees: ReadonlyMap<OwnSection, ValueTree>, references: ReferenceSources): Promise<BoundSections>;
}

/** Reads the declared configuration classes. A class that is listed twice counts once. Two sections with one name are a mistake. */
export function readOwnSections(declared: readonly unknown[]): OwnSections {
  const classes = new Map<ClassOf, OwnSection>();
  const problems: StatefunError[] = [];
  for (const given of new Set(declared)) {
    const section = readSection(given);
    const mistake =
      section === undefined
        ? `${describe(given)} is no configuration: it was not made by configuration(name, schema)`
        : misdeclared(section);
    if (section === undefined || mistake !== undefined) {
      problems.push(new StatefunError('CONFIGURATION_SECTION_INVALID', `${mistake ?? ''}.`, { facts: { section: section?.name } }));
      continue;
    }
    const same = [...classes.values()].some((other) => other !== section && relaxed(other.name) === relaxed(section.name));
    if (same)
      problems.push(
        new StatefunError('CONFIGURATION_SECTION_INVALID', `two configurations are named "${section.name}".`, {
          facts: { section: section.name },
        }),
      );
    // Safe: only classes have a section.
    else classes.set(given as ClassOf, section);
  }
  return {
    sections: [...new Set(classes.values())],
    names: new Map(Array.from(classes, ([made, { name }]) => [made, name])),
    problems,
    bind: (trees, references) => bindAll(classes, trees, references),
  };
}

function misdeclared({ name, schema }: OwnSection): string | undefined {
  if (typeof name !== 'string' || !/^[a-z][a-zA-Z0-9-]*$/.test(name))
    return `${describe(name)} is no name for a configuration: use one word such as "pricing"`;
  const taken = [...settings.keys()].find((key) => relaxed(key.split('.')[0] ?? '') === relaxed(name));
  if (taken !== undefined) return `a configuration is named "${name}", which is taken by settings of the framework (${taken})`;
  return isStandardSchema(schema) ? undefined : `the schema of configuration "${name}" is ${describe(schema)}, not a Standard Schema`;
}

async function bindAll(
  classes: ReadonlyMap<ClassOf, OwnSection>,
  trees: ReadonlyMap<OwnSection, ValueTree>,
  references: ReferenceSources,
): Promise<BoundSections> {
  const values: EffectiveValue[] = [];
  const instances = new Map<ClassOf, object>();
  const problems: StatefunError[] = [];
  for (const [section, tree] of trees) {
    const leaves: SectionLeaf[] = [];
    const missing: StatefunError[] = [];
    for (const { path, value } of tree.leaves()) {
      const resolved = await resolveReferences(value, references);
      if (StatefunError.is(resolved)) missing.push(resolved);
      else leaves.push({ path, value: resolved });
    }
    const { output, problems: refused } = bindSection(section, leaves);
    // The schema also refuses keys with missing references; those problems are less precise.
    appendAll(problems, [...missing, ...refused.filter(({ facts }) => missing.every(({ facts: { key } }) => key !== facts['key']))]);
    if (missing.length > 0 || refused.length > 0) continue;
    appendAll(values, effectiveValues(section, leaves, output));
    for (const [made, own] of classes) {
      if (own === section && typeof output === 'object' && output !== null) instances.set(made, toInstance(made, output));
    }
  }
  return { values, instances, problems };
}

/** Returns the given values with their origins, changed by the schema, and the values that the schema added. */
function effectiveValues(section: OwnSection, leaves: readonly SectionLeaf[], output: unknown): readonly EffectiveValue[] {
  const given = new Map(leaves.map(({ path, value }) => [path.join('.'), value]));
  return flatten(output, []).map(({ path, value }): EffectiveValue => {
    const key = [section.name, ...path].join('.');
    const source = nearestAbove(path, given);
    const isSecret = isSecretIn(section, path);
    if (source === undefined) return { key, value, shown: shownValue({ value }, isSecret), layer: 'default', origin: 'the schema' };
    const shown = shownValue({ value, ...(source.shown === undefined ? {} : { shown: source.shown }) }, isSecret);
    return { key, value, shown, layer: source.layer, origin: source.origin };
  });
}

/** Returns the value at a path, or the nearest one above: a text can represent an object. */
function nearestAbove<V>(path: readonly string[], given: ReadonlyMap<string, V>): V | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const found = given.get(path.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function flatten(value: unknown, path: readonly string[]): readonly { readonly path: readonly string[]; readonly value: unknown }[] {
  if (!isPlainObject(value) || Object.keys(value).length === 0) return path.length === 0 ? [] : [{ path, value }];
  return Object.entries(value).flatMap(([level, inner]) => flatten(inner, [...path, level]));
}
