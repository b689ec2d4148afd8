import { StatefunError } from '../../shared/errors.ts';

/** What is wrong with a module.yaml, and what is only strange: all of it, each with file and line. */
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

  /** What is not read, although somebody wrote it. */
  unknownKey(line: number, text: string): void {
    this.warnings.push(this.#error('MODULE_KEY_UNKNOWN', line, text));
  }

  /** What is understood and means nothing to this engine, or not what it meant to Flink. */
  withoutEffect(line: number, text: string): void {
    this.warnings.push(this.#error('MODULE_KEY_WITHOUT_EFFECT', line, text));
  }

  #error(code: 'MODULE_FILE_INVALID' | 'MODULE_KEY_UNKNOWN' | 'MODULE_KEY_WITHOUT_EFFECT', line: number, text: string, hint?: string) {
    const facts = { file: this.#file, line };
    return new StatefunError(code, `${this.#file}:${line}: ${text}.`, { facts, ...(hint === undefined ? {} : { hint }) });
  }
}
