import type { Document, Node, Pair } from 'yaml';
import { StatefunError, toError } from '../shared/errors.ts';
import { isAbsent, levelsMax, type ConfiguredValue, type Layer } from './configured-value.ts';

/** Most values of a file. Aliases of aliases can represent billions. */
const valuesMax = 10_000;

const tooDeep = `values are nested more than ${levelsMax} levels deep`;

/** A file of settings. */
export interface YamlFile {
  /** For people: `application.yaml`. */
  readonly name: string;
  readonly text: string;
  readonly layer: Layer;
}

/** Returns the values of a YAML file, each with its line. A file that cannot be parsed has no values, and a problem with line and column. */
export async function yamlValues(file: YamlFile): Promise<{
  readonly values: readonly ConfiguredValue[];
  readonly problems: readonly StatefunError[];
}> {
  // Loaded when there is something to read: applications without files do without the parser.
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document: Document = yaml.parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file.name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return { values: [], problems: document.errors.map(({ message, pos }) => notYaml(placeOf(pos[0]), message)) };
  }
  const values: ConfiguredValue[] = [];
  const problems: StatefunError[] = [];

  const refuse = (offset: number, reason: string): void => void problems.push(notYaml(placeOf(offset), reason));
  yaml.visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined) refuse(alias.range?.[0] ?? 0, `no anchor has the name of the alias *${alias.source}`);
    },
  });

  const collect = (path: readonly string[], node: unknown, offset: number): void => {
    const resolved = yaml.isAlias(node) ? node.resolve(document) : node;
    if (values.length >= valuesMax || problems.length > 0) {
      if (problems.length === 0) refuse(offset, `there are more than ${valuesMax} values`);
    } else if (path.length > levelsMax) {
      refuse(offset, tooDeep);
    } else if (yaml.isMap(resolved)) {
      // Pairs that a parsed document holds have nodes.
      for (const pair of resolved.items as Pair<Node, Node | null>[]) collectPair(path, pair);
    } else if (yaml.isNode(resolved)) {
      const value = valueOf(resolved, document);
      const origin = `${file.name}:${lines.linePos(offset).line}`;
      if (value instanceof Error) refuse(offset, value.message);
      else if (!isAbsent(value)) values.push({ path, value, layer: file.layer, origin });
    }
  };
  const collectPair = (path: readonly string[], { key, value }: Pair<Node, Node | null>): void => {
    const offset = key.range?.[0] ?? 0;
    if (!yaml.isScalar(key)) {
      refuse(offset, 'a key must be a text');
      return;
    }
    const level = String(key.value);
    // Only the first level splits: `kinesis.stream: orders` is as good as two levels, and names further down may have dots.
    collect(path.length === 0 ? level.split('.') : [...path, level], value, offset);
  };

  const { contents } = document;
  const isEmpty = contents === null || (yaml.isScalar(contents) && isAbsent(contents.value));
  if (yaml.isMap(contents)) collect([], contents, 0);
  else if (!isEmpty) refuse(contents.range?.[0] ?? 0, 'a file of settings has keys at its first level');
  return { values: problems.length > 0 ? [] : values, problems };
}

/** The value of a node that is no map. The parser throws where aliases of aliases would fill the memory. */
function valueOf(node: Node, document: Document): unknown {
  try {
    const value: unknown = node.toJS(document);
    return isDeeper(value, levelsMax) ? new Error(tooDeep) : value;
  } catch (error) {
    return toError(error);
  }
}

/** Returns whether a value is nested too deeply. A list that contains itself always is. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

function notYaml(place: string, reason: string): StatefunError {
  return new StatefunError('CONFIGURATION_FILE_INVALID', `${place}: ${reason.replace(/\s+/g, ' ').replace(/\.$/, '')}.`, {
    facts: { place },
  });
}
