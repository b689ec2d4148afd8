import type { CloudEvent } from '../envelope/cloud-event.ts';
import { formatAddress, type Address } from '../shared/address.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { ExpectedEgress } from './egress-expectation.ts';
import type { EgressedEvent } from './egressed-event.ts';
import type { FixtureLine } from './fixture-line.ts';
import { rememberPlace } from './fixture-places.ts';
import { readFixture, type Fixture } from './fixture.ts';
import { checkState, type StateExpectation, type StateSnapshot } from './state-expectation.ts';

/** What a fixture is played on: one function, or a whole application. */
export interface Stage {
  /** Resolves when the event and all it led to have been processed. `text` is the line it was read from. */
  receive(event: CloudEvent, text: string): Promise<void>;
  /** Moves the clock, and resolves when all that led to has been processed. */
  advance(delayMs: number): Promise<void>;
  /** Moves the clock through the attempts that messages wait for, and resolves when each has succeeded or been given up. */
  settle(): Promise<void>;
  /** Takes the events that left since the last call, in order. */
  takeEgress(): readonly EgressedEvent[];
  /** What is kept for an address; undefined when its function is not on this stage. */
  state(address: Address): Promise<StateSnapshot | undefined>;
  /** What `test.expect-state` means when it names no address. */
  readonly defaultAddress: Address | undefined;
}

export interface PlayOptions {
  /** Called with the data of each `test.comment`. */
  readonly onComment?: (text: string) => void;
  /** Called before each event is played. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** Called after each line with the events that left because of it; the next line waits for it. */
  readonly onEgress?: (events: readonly EgressedEvent[]) => void | Promise<void>;
  /** Whether what leaves can be looked at after the play. `false` saves the memory of a long one. @defaultValue `true` */
  readonly keepEgress?: boolean;
}

/** What was played. */
export interface PlaySummary {
  /** Events, control lines not among them. */
  readonly events: number;
  /** Events that left. */
  readonly egress: number;
  /** Expectations, all of which came true. */
  readonly expectations: number;
}

/**
 * Plays a fixture line by line: what a line leads to is over before the next one is read, and only lines move the clock. At the end it moves
 * once more, as far as messages wait for another attempt.
 *
 * Throws FIXTURE_INVALID, FIXTURE_UNREADABLE and EXPECTATION_FAILED; what was played until then stays played.
 */
export async function playFixture(stage: Stage, fixture: Fixture, options: PlayOptions = {}): Promise<PlaySummary> {
  stage.takeEgress();
  const play = new Play(stage, fixture.name, options);
  for await (const line of readFixture(fixture)) await play.line(line);
  await play.finish();
  return play.summary;
}

/** Takes the events that have been added to the list since the last call; those that are not kept leave it. */
export function egressTaker(list: EgressedEvent[], { keepEgress = true }: PlayOptions): () => readonly EgressedEvent[] {
  let taken = 0;
  return () => {
    if (!keepEgress) return list.splice(0);
    const events = list.slice(taken);
    taken += events.length;
    return events;
  };
}

class Play {
  readonly #stage: Stage;
  readonly #fixture: string;
  readonly #options: PlayOptions;
  readonly #expectedEgress = new ExpectedEgress();
  #delayBetweenEventsMs = 0;
  #events = 0;
  #egress = 0;
  #expectations = 0;

  constructor(stage: Stage, fixture: string, options: PlayOptions) {
    this.#stage = stage;
    this.#fixture = fixture;
    this.#options = options;
  }

  get summary(): PlaySummary {
    return { events: this.#events, egress: this.#egress, expectations: this.#expectations };
  }

  async line(line: FixtureLine): Promise<void> {
    switch (line.kind) {
      case 'event':
        this.#events += 1;
        this.#options.onEvent?.(line.event);
        await this.#receive(line.event, line.text, line.place);
        if (this.#delayBetweenEventsMs > 0) await this.#stage.advance(this.#delayBetweenEventsMs);
        return this.#collectEgress(line.place);
      case 'delay':
        await this.#stage.advance(line.delayMs);
        return this.#collectEgress(line.place);
      case 'delay-between-events':
        this.#delayBetweenEventsMs = line.delayMs;
        return;
      case 'comment':
        this.#options.onComment?.(line.text);
        return;
      case 'expect-egress':
        this.#expectations += 1;
        return this.#expectedEgress.expect(line.expectation);
      case 'expect-state':
        this.#expectations += 1;
        return this.#expectState(line.expectation);
    }
  }

  /** What failed is tried until it succeeds or is given up, so that nothing ends without its reason. */
  async finish(): Promise<void> {
    await this.#stage.settle();
    await this.#collectEgress(`the end of ${this.#fixture}`);
    this.#expectedEgress.finish();
  }

  async #receive(event: CloudEvent, text: string, place: string): Promise<void> {
    try {
      await this.#stage.receive(event, text);
    } catch (cause) {
      const facts = { place, eventId: event.id, eventType: event.type };
      throw new StatefunError('FIXTURE_EVENT_FAILED', `${place}: event ${event.id} failed: ${toError(cause).message}`, { facts, cause });
    }
  }

  async #collectEgress(place: string): Promise<void> {
    const events = this.#stage.takeEgress();
    if (events.length === 0) return;
    rememberPlace(events, place);
    this.#egress += events.length;
    this.#expectedEgress.add(events);
    await this.#options.onEgress?.(events);
  }

  async #expectState(expectation: StateExpectation): Promise<void> {
    const { place } = expectation;
    const address = expectation.address ?? this.#stage.defaultAddress;
    if (address === undefined) {
      const hint = 'Name function and id; only a fixture for one function may leave them out.';
      throw new StatefunError('FIXTURE_INVALID', `${place}: test.expect-state names no address.`, { facts: { place }, hint });
    }
    const snapshot = await this.#stage.state(address);
    if (snapshot === undefined) {
      const hint = 'Check the name. In a test of one function only its own address has state.';
      throw new StatefunError('FIXTURE_INVALID', `${place}: ${formatAddress(address)} is not part of this test.`, {
        facts: { place, address },
        hint,
      });
    }
    checkState(expectation, address, snapshot);
  }
}
