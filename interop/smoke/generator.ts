import { SeededRandom } from 'statefun/testing';
import type { Command, Commands } from './commands.ts';

export interface SmokeOptions {
  readonly seed: number;
  readonly instances: number;
  /** How many trees of commands come from the ingress. */
  readonly trees: number;
}

export interface Tree {
  readonly target: number;
  readonly commands: Commands;
}

const depthMax = 10;
const commandsPerLevelMax = 3;

/** How often each kind of command is drawn, relative to the others. */
const weights = { increment: 0.4, send: 0.9, sendAfter: 0.1, cancelled: 0.1, async: 0.1, nothing: 0.2, sendEgress: 0.03 };
type Kind = keyof typeof weights;

/**
 * Draws trees of commands, and counts what they must lead to. What is cancelled holds increments too, which are not counted: a cancellation
 * that comes to nothing shows as a counter that is too high.
 */
export class SmokeGenerator {
  /** What the counter of each function is when everything has been handled. */
  readonly expected: number[];
  /** How many invocations of functions the trees drawn so far lead to, that of the tree itself included. */
  messages = 0;
  discarded = 0;
  cancelled = 0;

  private readonly random: SeededRandom;
  private readonly instances: number;

  constructor({ seed, instances }: Pick<SmokeOptions, 'seed' | 'instances'>) {
    this.random = new SeededRandom(seed);
    this.instances = instances;
    this.expected = new Array<number>(instances).fill(0);
  }

  next(): Tree {
    const target = this.random.below(this.instances);
    return { target, commands: this.commandsFor(target, this.random.below(depthMax)) };
  }

  private commandsFor(target: number, depth: number): Commands {
    this.messages += 1;
    return { command: this.drawLevel(target, depth) };
  }

  private drawLevel(self: number, depth: number): readonly Command[] {
    const count = depth <= 0 ? 0 : this.random.below(commandsPerLevelMax);
    const commands = Array.from({ length: count }, () => this.draw(self, depth)).flat();
    return commands.length > 0 ? commands : [this.increment(self)];
  }

  private draw(self: number, depth: number): readonly Command[] {
    const target = this.random.below(this.instances);
    switch (this.drawKind()) {
      case 'increment':
        return [this.increment(self)];
      case 'send':
        return [{ send: { target, commands: this.commandsFor(target, depth - 1) } }];
      case 'sendAfter':
        return [{ sendAfter: { target, commands: this.commandsFor(target, depth - 1) } }];
      case 'cancelled':
        return this.sendAndCancel(target);
      case 'async':
        return [{ asyncOperation: { resolvedCommands: { command: this.drawLevel(self, depth - 1) } } }];
      case 'sendEgress':
        this.discarded += 1;
        return [{ sendEgress: {} }];
      case 'nothing':
        return [];
    }
  }

  private drawKind(): Kind {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    let rest = this.random.next() * total;
    for (const [kind, weight] of Object.entries(weights)) {
      rest -= weight;
      // The keys of the table are the kinds.
      if (rest < 0) return kind as Kind;
    }
    return 'nothing';
  }

  private increment(self: number): Command {
    this.expected[self] = (this.expected[self] ?? 0) + 1;
    return { increment: {} };
  }

  private sendAndCancel(target: number): readonly Command[] {
    this.cancelled += 1;
    const cancellationToken = `token-${this.cancelled}`;
    return [
      { sendAfter: { target, cancellationToken, commands: { command: [{ increment: {} }] } } },
      { cancelSendAfter: { target, cancellationToken } },
    ];
  }
}
