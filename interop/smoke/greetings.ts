import { stringType } from 'statefun/state-types';
import { fromTypedValue, typed, type OutgoingEgress, type OutgoingMessage } from 'statefun/serving';

export const greeter = { function: 'interop.example/greeter', egress: 'interop.example/greetings' } as const;

const ids = ['Bob', 'Zoë', '李'];
const words = ['Hello', 'Grüß Gott', '', '你好'];

/** Greets everyone again and again, and knows what the greeter must have said: to each one all greetings, in order, each once. */
export class Greetings {
  private readonly expected = new Map<string, string[]>(ids.map((id) => [id, []]));
  private readonly said = new Map<string, string[]>();

  get count(): number {
    return [...this.expected.values()].flat().length;
  }

  next(): readonly OutgoingMessage[] {
    return ids.flatMap((id) => words.map((word) => this.greet(id, word)));
  }

  add({ egressId, argument }: OutgoingEgress): void {
    if (egressId !== greeter.egress) throw new Error(`a greeting came to the egress "${egressId}"`);
    const text = fromTypedValue(stringType(), argument);
    const id = / (\S+), visit \d+$/.exec(text)?.[1] ?? '';
    this.said.set(id, [...(this.said.get(id) ?? []), text]);
  }

  assertExact(): void {
    for (const id of ids) {
      const [expected, said] = [this.expected, this.said].map((texts) => (texts.get(id) ?? []).join(' | '));
      if (said !== expected) throw new Error(`${id} was to be told "${expected}", but heard "${said}"`);
    }
  }

  private greet(id: string, word: string): OutgoingMessage {
    const greetings = this.expected.get(id) ?? [];
    greetings.push(`${word} ${id}, visit ${greetings.length + 1}`);
    return { target: { type: greeter.function, id }, argument: typed(stringType(), word) };
  }
}
