import { StatefunError } from '../../shared/errors.ts';

/** Collects the problems and warnings of a module file, each with file and line. */
export class Findings {
  readonly problems: StatefunError[] = [];
  readonly warnings: StatefunError[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  problem(line: number, text: string, hint?: string): void {
    this.problems.push(this.#error('MODULE_FILE_INVALID', line, text, hint));
  }

  /** Adds a warning about a key that is not read. */
  unknownKey(line: number, text: string): void {
    this.warnings.push(this.#error('MODULE_KEY_UNKNOWN', line, text));
  }

  /** Adds a warning about a key that has no effect in this engine, or another one than in Flink. */
  withoutEffect(line: number, text: string): void {
    this.warnings.push(this.#error('MODULE_KEY_WITHOUT_EFFECT', line, text));
  }

  #error(code: 'MODULE_FILE_INVALID' | 'MODULE_KEY_UNKNOWN' | 'MODULE_KEY_WITHOUT_EFFECT', line: number, text: string, hint?: string) {
    const facts = { file: this.#file, line };
    return new StatefunError(code, `${this.#file}:${line}: ${text}.`, { facts, ...(hint === undefined ? {} : { hint }) });
  }
}
