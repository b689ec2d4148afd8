/** The steps of a run as people read them; nothing is written unless somebody asks for it. */
export class Trace {
  readonly #lines: string[] | undefined;
  #details: string[] = [];
  #steps = 0;

  constructor(kept: boolean) {
    this.#lines = kept ? [] : undefined;
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
    if (this.#lines !== undefined) this.#details.push(`      ${text()}`);
  }

  #write(text: () => string): void {
    this.#steps += 1;
    this.#lines?.push(`${String(this.#steps).padStart(4)}. ${text()}`, ...this.#details);
    this.#details = [];
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }
}
