import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';
import { describe } from '../../shared/errors.ts';
import { parseFlinkDuration } from './flink-duration.ts';
import type { Findings } from './findings.ts';

/** A document of a file, and the collection of its mistakes. */
export interface YamlSource {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly findings: Findings;
}

/**
 * Reads a map of a module file key by key. A value of a wrong type is reported as a problem and read as undefined. `end` reports the keys that
 * were not read.
 */
export class SpecReader {
  /** The path of the map in messages, such as `spec.transport`; empty at the top level. */
  readonly path: string;
  readonly line: number;
  readonly #source: YamlSource;
  readonly #values = new Map<string, { readonly node: Node | null; readonly line: number }>();
  readonly #known = new Set<string>();

  /** Reports a node that is not a map, unless it is missing. */
  constructor(node: unknown, path: string, source: YamlSource, line = 1) {
    this.path = path;
    this.#source = source;
    const resolved = isAlias(node) ? node.resolve(source.document) : node;
    this.line = lineOf(resolved, source) ?? line;
    if (isMap(resolved)) {
      // Safe: the pairs of a parsed document have nodes.
      for (const { key, value } of resolved.items as Pair<Node, Node | null>[]) {
        this.#values.set(isScalar(key) ? String(key.value) : '?', { node: value, line: lineOf(key, source) ?? this.line });
      }
    } else if (resolved !== undefined && resolved !== null && !(isScalar(resolved) && resolved.value === null)) {
      this.problem(`${path === '' ? 'the document' : path} must be a map of keys`);
    }
  }

  /** Returns the map with another value under a key, for values that older versions had elsewhere. */
  with(key: string, value: unknown): SpecReader {
    const copy = new SpecReader(null, this.path, this.#source, this.line);
    for (const [known, entry] of this.#values) copy.#values.set(known, entry);
    for (const known of this.#known) copy.#known.add(known);
    copy.#values.set(key, { node: this.#source.document.createNode(value), line: this.lineOf(key) });
    return copy;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  lineOf(key: string): number {
    return this.#values.get(key)?.line ?? this.line;
  }

  text(key: string): string | undefined {
    const value = this.#scalar(key);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.#wrong(key, 'a text');
  }

  requiredText(key: string): string | undefined {
    const value = this.text(key);
    if (value === undefined && !this.has(key)) this.problem(`${this.#name(key)} is missing`);
    else if (value === '') this.problem(`${this.#name(key)} is empty`, key);
    return value === '' ? undefined : value;
  }

  /** Reads a whole number. */
  integer(key: string, min = 0): number | undefined {
    const value = this.#scalar(key);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min) return number;
    return this.#wrong(key, `a whole number from ${min} on`);
  }

  /** Reads a duration in Flink's notation and returns milliseconds: `2m`, `10 sec`, `500ms`, or a number of milliseconds. */
  duration(key: string): number | undefined {
    const value = this.#scalar(key);
    if (value === undefined) return undefined;
    return parseFlinkDuration(value) ?? this.#wrong(key, 'a duration, such as 500ms, 10 sec, 2 min or a number of milliseconds');
  }

  map(key: string): SpecReader | undefined {
    const entry = this.#take(key);
    return entry === undefined ? undefined : new SpecReader(entry.node, this.#name(key), this.#source, entry.line);
  }

  /** Reads the items of a list, each with its path and line. */
  list(key: string): readonly { readonly node: unknown; readonly path: string; readonly line: number }[] {
    const entry = this.#take(key);
    const node = isAlias(entry?.node) ? entry.node.resolve(this.#source.document) : entry?.node;
    if (entry === undefined || node === null) return [];
    if (isSeq(node)) {
      return node.items.map((item, index) => ({
        node: item,
        path: `${this.#name(key)}[${index}]`,
        line: lineOf(item, this.#source) ?? entry.line,
      }));
    }
    this.#wrong(key, 'a list');
    return [];
  }

  maps(key: string): readonly SpecReader[] {
    return this.list(key).map(({ node, path, line }) => new SpecReader(node, path, this.#source, line));
  }

  texts(key: string): readonly string[] {
    return this.list(key).flatMap(({ node, path, line }) => {
      if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return [node.value];
      this.#source.findings.problem(line, `${path} must be a text`);
      return [];
    });
  }

  /** Warns about a key that has no effect in this engine. */
  withoutEffect(key: string, why: string): void {
    const entry = this.#take(key);
    if (entry !== undefined) this.#source.findings.withoutEffect(entry.line, `${this.#name(key)} has no effect: ${why}`);
  }

  problem(text: string, key?: string, hint?: string): void {
    this.#source.findings.problem(key === undefined ? this.line : this.lineOf(key), text, hint);
  }

  warning(text: string, key?: string): void {
    this.#source.findings.withoutEffect(key === undefined ? this.line : this.lineOf(key), text);
  }

  /** Reports the keys that were not read. */
  end(): void {
    for (const [key, { line }] of this.#values) {
      if (this.#known.has(key)) continue;
      const known = [...this.#known].sort().join(', ');
      this.#source.findings.unknownKey(line, `${this.#name(key)} is not known and not read; known here: ${known}`);
    }
  }

  #take(key: string): { readonly node: Node | null; readonly line: number } | undefined {
    this.#known.add(key);
    return this.#values.get(key);
  }

  /** Reads a scalar. Reports a list or a map as a problem. */
  #scalar(key: string): unknown {
    const entry = this.#take(key);
    const node = isAlias(entry?.node) ? entry.node.resolve(this.#source.document) : entry?.node;
    if (node === undefined || node === null) return undefined;
    if (isScalar(node)) return node.value ?? undefined;
    return this.#wrong(key, 'a single value');
  }

  #wrong(key: string, expected: string): undefined {
    const node = this.#values.get(key)?.node;
    const found = isScalar(node) ? `${describe(node.value)}; it` : 'of another kind; it';
    this.problem(`${this.#name(key)} is ${found} must be ${expected}`, key);
    return undefined;
  }

  #name(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

function lineOf(node: unknown, { lines }: YamlSource): number | undefined {
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
