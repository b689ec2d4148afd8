import { StringDecoder } from 'node:string_decoder';

/** The lines of one kind that a process has printed since it started. */
export interface SeenLines {
  readonly count: number;
  readonly first: string | undefined;
}

/** For people, when something fails: what was printed last. */
const textCharactersMax = 100_000;
/** A line is looked at when it ends; of one that is longer only this much, so that a process that never ends a line needs no memory. */
const lineCharactersMax = 10_000;

/**
 * What a process prints. Whoever draws a conclusion from it names the lines before the first byte arrives: each line is looked at once, when
 * it ends, so that no amount of other output can hide it. The text that is kept is only an end of it, and only for people.
 */
export class ProcessOutput {
  /** The end of what was printed, both streams. */
  text = '';
  readonly #patterns: ReadonlyMap<string, RegExp>;
  readonly #seen = new Map<string, { count: number; first: string | undefined }>();

  constructor(patterns: Readonly<Record<string, RegExp>>) {
    this.#patterns = new Map(Object.entries(patterns));
    for (const name of this.#patterns.keys()) this.#seen.set(name, { count: 0, first: undefined });
  }

  seen(name: string): SeenLines {
    const seen = this.#seen.get(name);
    if (seen === undefined) throw new Error(`no lines are called "${name}"`);
    return { ...seen };
  }

  /** Takes the chunks of one stream; both streams have lines of their own. */
  stream(): { readonly add: (chunk: Buffer) => void; readonly end: () => void } {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const add = (text: string): void => {
      this.text = (this.text + text).slice(-textCharactersMax);
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, lineCharactersMax);
      for (const line of lines) this.#look(line);
    };
    return {
      add: (chunk) => add(decoder.write(chunk)),
      end: () => {
        add(decoder.end());
        if (rest !== '') this.#look(rest);
        rest = '';
      },
    };
  }

  #look(line: string): void {
    for (const [name, pattern] of this.#patterns) {
      const seen = this.#seen.get(name);
      if (seen === undefined || line.search(pattern) === -1) continue;
      seen.count += 1;
      seen.first ??= line;
    }
  }
}
