import { describe, StatefunError } from '../../shared/errors.ts';
import { isRecord } from './match.ts';

/** Reads the data of an expectation line field by field. Throws FIXTURE_INVALID for each mistake: a misspelt field must not expect less. */
export class ExpectationData {
  readonly place: string;
  readonly #line: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(line: string, data: unknown, known: readonly string[], place: string) {
    this.place = place;
    this.#line = line;
    if (!isRecord(data)) throw this.#invalid(`is ${Array.isArray(data) ? 'an array' : describe(data)}, not an object`);
    this.#fields = data;
    const unknown = Object.keys(data).find((key) => !known.includes(key));
    if (unknown !== undefined) throw this.#invalid(`has an unknown field "${unknown}"`, `Known fields: ${known.join(', ')}.`);
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  get(field: string): unknown {
    return this.#fields[field];
  }

  text(field: string): string | undefined {
    const value = this.#fields[field];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw this.#invalid(`has ${field} = ${describe(value)}, not a text`);
  }

  count(field: string): number | undefined {
    const value = this.#fields[field];
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0)) return value;
    throw this.#invalid(`has ${field} = ${describe(value)}, not a whole number from 0`);
  }

  invalid(problem: string, hint?: string): StatefunError {
    return this.#invalid(problem, hint);
  }

  #invalid(problem: string, hint?: string): StatefunError {
    return new StatefunError('FIXTURE_INVALID', `${this.place}: the data of ${this.#line} ${problem}.`, {
      facts: { place: this.place },
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
