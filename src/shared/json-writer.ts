import { isPlainArray, isPlainObject } from './plain-object.ts';
import { walkJson } from './walk-json.ts';

/** The JSON text of a value. */
export interface JsonText {
  readonly text: string;
  /** Whether every character is below 0x80, so that the text has as many bytes as characters. */
  readonly ascii: boolean;
}

/** Finds texts that have been written before. */
export interface KnownTexts {
  /**
   * Returns the text of an object, if it is known. The text is what `JSON.stringify` returns for the object, and the object has at most
   * `depthMax` levels.
   */
  textOf(value: object, depthMax: number): JsonText | undefined;
}

/**
 * Writes values as JSON and checks them in the same pass: the text is what `JSON.stringify` returns, and a value that {@link walkJson} refuses is
 * refused. Objects whose text is known are neither walked nor written again.
 */
export class JsonWriter {
  /** Whether every character written since the last {@link begin} is below 0x80. */
  ascii = true;
  readonly #depthMax: number;
  #known: KnownTexts | undefined;
  /** Whether `JSON.stringify` would see properties that no object has itself. Then it writes every object. */
  #inherits = false;

  /** `depthMax` is the most levels of arrays and objects, one inside the other. */
  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** Starts a new text. */
  begin(known?: KnownTexts): void {
    this.ascii = true;
    this.#known = known;
    this.#inherits = 'toJSON' in Array.prototype || hasInherited();
  }

  /** Returns the text of a value that lies so many levels deep, or undefined when JSON would change or lose a part of it. */
  write(value: unknown, depth: number): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.quote(value);
      case 'number':
        return Number.isFinite(value) ? `${value}` : undefined;
      case 'boolean':
        return value ? 'true' : 'false';
      case 'object':
        return value === null ? 'null' : this.#writeObject(value, depth);
      default:
        return undefined;
    }
  }

  /** Returns a string as JSON. */
  quote(text: string): string {
    if (!escaped.test(text)) return `"${text}"`;
    const json = JSON.stringify(text);
    if (this.ascii && Buffer.byteLength(json) !== json.length) this.ascii = false;
    return json;
  }

  #writeObject(value: object, depth: number): string | undefined {
    if (depth === this.#depthMax) return undefined;
    const known = this.#known?.textOf(value, this.#depthMax - depth);
    if (known !== undefined) {
      if (!known.ascii) this.ascii = false;
      return known.text;
    }
    if (Array.isArray(value)) return isPlainArray(value) ? this.#writeArray(value, depth) : undefined;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (this.#inherits || (prototype !== Object.prototype && prototype !== null)) return this.#writeForeign(value, depth);
    // Safe: a plain object has string keys, and the values are checked when they are written.
    return this.#writeProperties(value as Readonly<Record<string, unknown>>, depth);
  }

  #writeArray(items: readonly unknown[], depth: number): string | undefined {
    if (this.#inherits) return this.#writeForeign(items, depth);
    let text = '[';
    for (let index = 0; index < items.length; index++) {
      const item = this.write(items[index], depth + 1);
      if (item === undefined) return undefined;
      text += index === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  }

  #writeProperties(value: Readonly<Record<string, unknown>>, depth: number): string | undefined {
    let text = '';
    for (const name in value) {
      const item = value[name];
      if (item === undefined) continue;
      const written = this.write(item, depth + 1);
      if (written === undefined) return undefined;
      text += (text === '' ? '{' : ',') + this.#quoteName(name) + written;
    }
    return text === '' ? '{}' : `${text}}`;
  }

  /** Writes an object of another realm, or any object where prototypes have been changed. */
  #writeForeign(value: object, depth: number): string | undefined {
    if (!Array.isArray(value) && !isPlainObject(value)) return undefined;
    if (typeof walkJson(value, { depthMax: this.#depthMax - depth, freeze: false }) !== 'number') return undefined;
    const json = JSON.stringify(value);
    if (Buffer.byteLength(json) !== json.length) this.ascii = false;
    return json;
  }

  /** Returns the name of a property as JSON, with its colon. */
  #quoteName(name: string): string {
    const known = names.get(name);
    if (known !== undefined) return known;
    const written = `${this.quote(name)}:`;
    if (names.size < namesMax && name.length <= nameLengthMax && !escaped.test(name)) names.set(name, written);
    return written;
  }
}

/** Matches what JSON escapes, and everything that is not ASCII. */
const escaped = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** Names that are written as they are, with quotes and colon. Objects of one application have few names, so they are remembered. */
const names = new Map<string, string>();
const namesMax = 2_000;
const nameLengthMax = 100;

function hasInherited(): boolean {
  for (const _ in {}) return true;
  return false;
}
