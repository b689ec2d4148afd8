interface TracedStep {
  readonly text: string;
  readonly details: readonly string[];
}

/** The steps of a run as text for people. Without a reader nothing is written. */
export class Trace {
  readonly #steps: TracedStep[] | undefined;
  #details: string[] = [];

  constructor(kept: boolean) {
    this.#steps = kept ? [] : undefined;
  }

  /** Acts, then writes what has happened, with the details below it: only then is it known. */
  step(act: () => void, text: () => string): void {
    act();
    this.#write(text);
  }

  /** The same for something that is not worth a line unless it has details. */
  stepOfDetails(act: () => void, text: () => string): void {
    act();
    if (this.#details.length > 0) this.#write(text);
  }

  /** Something that happens within a step. */
  detail(text: () => string): void {
    if (this.#steps !== undefined) this.#details.push(text());
  }

  get lines(): readonly string[] {
    return withoutGaps(this.#steps ?? []).flatMap(({ text, details }, index) => [
      `${String(index + 1).padStart(4)}. ${text}`,
      ...details.map((detail) => `      ${detail}`),
    ]);
  }

  #write(text: () => string): void {
    if (this.#steps === undefined) return;
    this.#steps.push({ text: text(), details: this.#details });
    this.#details = [];
  }
}

/** What a commit that is written says when it is acknowledged at once, so that two steps are one line. */
const written = / is durable, the engine does not know yet$/;

function withoutGaps(steps: readonly TracedStep[]): readonly TracedStep[] {
  const merged: TracedStep[] = [];
  for (const step of steps) {
    const before = merged.at(-1);
    const name = before !== undefined && before.details.length === 0 ? before.text.replace(written, '') : '';
    if (before === undefined || step.text !== `${name} is acknowledged`) {
      merged.push(step);
      continue;
    }
    merged.pop();
    merged.push({ text: `${name} is durable and acknowledged`, details: step.details });
  }
  return merged;
}
