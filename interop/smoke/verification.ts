import type { OutgoingEgress, OutgoingMessage } from 'statefun/serving';
import { decodeResult, encodeSourceCommand, smoke, type Commands } from './commands.ts';
import type { SmokeGenerator } from './generator.ts';

/** A message from the ingress for the interpreter with the number. */
export function sourceCommand(target: number, commands: Commands): OutgoingMessage {
  const value = encodeSourceCommand(target, commands);
  return {
    target: { type: smoke.interpreter, id: String(target) },
    argument: { typename: smoke.sourceCommandType, hasValue: true, value },
  };
}

/** The next trees, each as a message from the ingress. */
export function* drawMessages(generator: SmokeGenerator, trees: number): Generator<OutgoingMessage> {
  for (let number = 0; number < trees; number += 1) {
    const { target, commands } = generator.next();
    yield sourceCommand(target, commands);
  }
}

/** The messages that make every interpreter tell its counter. */
export function verifications({ expected }: SmokeGenerator): OutgoingMessage[] {
  return expected.map((count, target) => sourceCommand(target, { command: [{ verify: { expected: count } }] }));
}

/** Collects what comes out of the egresses, and tells whether everything has been counted exactly once. */
export class Verification {
  discarded = 0;
  private readonly actual: (number | undefined)[];

  constructor(private readonly generator: SmokeGenerator) {
    this.actual = new Array<undefined>(generator.expected.length).fill(undefined);
  }

  /** A counter that is too high never becomes right again: something has been done twice, or was cancelled in vain. */
  add({ egressId, argument }: OutgoingEgress): void {
    if (egressId === smoke.discardEgress) {
      this.discarded += 1;
      return;
    }
    if (egressId !== smoke.verificationEgress) throw new Error(`a record for the unknown egress "${egressId}"`);
    const { id, expected, actual } = decodeResult(argument.value);
    const wanted = this.generator.expected[id];
    if (expected !== wanted) throw new Error(`function ${id} was told to expect ${expected}, not ${wanted ?? 'nothing'}`);
    if (actual > expected) throw new Error(`function ${id} has counted ${actual}, which is more than ${expected}`);
    this.actual[id] = actual;
  }

  get exact(): boolean {
    return this.generator.expected.every((count, id) => this.actual[id] === count);
  }

  /** Throws unless every counter and the number of egress records are exact. */
  assertExact(): void {
    const wrong = this.generator.expected
      .map((count, id) => ({ id, expected: count, actual: this.actual[id] }))
      .filter(({ expected, actual }) => expected !== actual);
    if (wrong.length > 0) {
      const examples = wrong.slice(0, 5).map(({ id, expected, actual }) => `${id}: ${actual ?? 'no answer'} instead of ${expected}`);
      throw new Error(`${wrong.length} of ${this.actual.length} counters are wrong: ${examples.join(', ')}`);
    }
    const { discarded } = this.generator;
    if (this.discarded !== discarded) throw new Error(`${this.discarded} records came to the discarding egress instead of ${discarded}`);
  }
}
