import { toError } from '../shared/errors.ts';
import { countOf } from '../shared/text/count-of.ts';
import type { DeadLetter } from '../engine/partition/dead-letters.ts';
import { MemoryStore } from '../storage/memory-store.ts';
import { Faults, type FaultKind } from './schedule/faults.ts';
import { drained } from './world/drained.ts';
import { EngineRun } from './world/engine-run.ts';
import { brokenInvariant } from './checks/invariant.ts';
import { Ledger } from './checks/ledger.ts';
import { LeftEvents, toEgressedEvent } from './left-events.ts';
import type { RunPlan, RunResult } from './schedule/run-plan.ts';
import { endOf } from './checks/simulation-end.ts';
import { Steps } from './schedule/steps.ts';
import { letterName, shortId } from './report/texts.ts';
import { Trace } from './report/trace.ts';
import { createView, type ViewSources } from './checks/view.ts';
import type { Violation } from './checks/violation.ts';
import { WatchedHandlers } from './world/watched-handlers.ts';

/** Most redrives of a dead letter: a crash may undo the first one. */
const redrivesMax = 2;

/** Reads of a start, one after the other: more than there are collections. */
const recoveryStepsMax = 1_000;

/** Most steps of one run: an application that never comes to rest would hang the simulation. */
const stepsMax = 200_000;

/** One run of an application, from its first start to the point where nothing is left to do, over any number of crashes. */
export class SimulatedRun {
  readonly #plan: RunPlan;
  readonly #trace: Trace;
  readonly #durable = new MemoryStore();
  readonly #ledger: Ledger;
  readonly #handlers: WatchedHandlers;
  readonly #faults: Faults;
  readonly #possible: Steps;
  readonly #left = new LeftEvents();
  /** How often each dead letter has been tried again. */
  readonly #redriven = new Map<string, number>();
  #violation: Violation | undefined;
  #engineRun: EngineRun;
  #stopping = false;
  #steps = 0;

  constructor(plan: RunPlan) {
    const { world, settings, choices } = plan;
    const { clock, application, faults, horizonMs } = world;
    this.#plan = plan;
    this.#trace = new Trace(plan.traced);
    clock.restart(world.startMs);
    this.#ledger = new Ledger(
      (invariant, detail) => this.#report(invariant, detail),
      (text) => this.#trace.detail(text),
    );
    this.#handlers = new WatchedHandlers({
      choices,
      clock,
      functions: application.functions,
      scope: application.invocationScope,
      failRate: settings.handlerFailRate,
      report: (invariant, detail) => this.#report(invariant, detail),
      trace: (text) => this.#trace.detail(text),
    });
    this.#faults = new Faults({ settings, choices, allowed: faults, handlers: this.#handlers });
    this.#possible = new Steps({ choices, settings, clock, horizonMs, handlers: this.#handlers });
    this.#engineRun = this.#create();
  }

  async execute(): Promise<RunResult> {
    this.#plan.world.beforeRun();
    await this.#plan.world.give(this.#durable);
    this.#engineRun.start();
    await drained();
    while (this.#violation === undefined && this.#steps < stepsMax && (await this.#advance())) {
      await drained();
      this.#check('always');
    }
    if (this.#steps === stepsMax) this.#report('comes to rest', `there is still something to do after ${countOf(stepsMax, 'step')}`);
    const waitingOutside = this.#violation === undefined ? this.#waitingOutside() : [];
    if (this.#violation === undefined && waitingOutside.length === 0) this.#checkEnd();
    const end = this.#violation === undefined ? endOf(this.#sources) : undefined;
    this.#engineRun.kill({ batchesArrive: false });
    await drained();
    if (end !== undefined) await this.#recoverOnceMore();
    const violation = this.#violation;
    return {
      violation,
      end: violation === undefined ? end : undefined,
      waitingOutside,
      steps: this.#steps,
      trace: this.#trace.lines,
      attempts: this.#handlers.started,
      faults: this.#faults.happened,
    };
  }

  /** Takes one step. Returns false when nothing is left to do. */
  async #advance(): Promise<boolean> {
    this.#steps += 1;
    try {
      return await this.#step();
    } catch (thrown) {
      // An invariant of the engine itself.
      this.#report('runs on', toError(thrown).message);
      return false;
    }
  }

  async #step(): Promise<boolean> {
    if (this.#engineRun.stopped) return this.#startAfterStop();
    const fault = this.#faults.next(this.#engineRun, this.#stopping);
    if (fault !== 'none') return this.#disturb(fault);
    const step = this.#possible.next(this.#engineRun);
    if (step === undefined)
      return this.#stopping ? this.#crash('nothing is left to do but to wait: the process is killed') : this.#redrive();
    if (step.kind === 'turn') this.#trace.stepOfDetails(step.take, step.text);
    else this.#trace.step(step.take, step.text);
    return true;
  }

  #disturb(fault: Exclude<FaultKind, 'none'>): boolean | Promise<boolean> {
    const { store, ingress } = this.#engineRun;
    switch (fault) {
      case 'crash':
        return this.#crash('the process is killed');
      case 'stop':
        return this.#stop('the process is asked to stop', () => this.#engineRun.stop());
      case 'ingress-fails':
        return this.#stop('the ingress fails, and the engine stops', () => ingress.fail(new Error('the ingress fails')));
      case 'disk-fails':
        return this.#stop(`the disk fails; ${this.#endCommit()}`, () => store.fail());
      case 'clock-back':
      case 'clock-forward': {
        const jumpMs = this.#faults.jumpMs(fault);
        this.#trace.step(
          () => this.#plan.world.clock.jump(jumpMs),
          () => `FAULT: the clock is set by ${jumpMs} ms`,
        );
        return true;
      }
    }
  }

  #stop(text: string, stop: () => void): boolean {
    this.#stopping = true;
    this.#trace.step(stop, () => `FAULT: ${text}`);
    return true;
  }

  async #crash(why: string): Promise<boolean> {
    const fate = this.#endCommit();
    const batchesArrive = this.#engineRun.egress.some(({ waiting }) => waiting > 0) && this.#faults.comesToPass();
    const batches = batchesArrive ? '; what was being sent arrives' : '';
    this.#trace.step(
      () => this.#engineRun.kill({ batchesArrive }),
      () => `FAULT: ${why}; ${fate}${batches}`,
    );
    await this.#startAgain();
    return true;
  }

  /** Chooses the result of the running commit. */
  #endCommit(): string {
    const { store } = this.#engineRun;
    if (store.commitStep === undefined) return 'no commit is running';
    const name = `commit ${store.commitNumber}`;
    if (store.commitStep === 'written') return `${name} is durable already`;
    if (!this.#faults.comesToPass()) return `${name} is lost`;
    store.write();
    return `${name} becomes durable`;
  }

  async #startAfterStop(): Promise<boolean> {
    const { failure } = this.#engineRun.engine;
    if (!this.#stopping) {
      this.#report('runs on', `the engine stops: ${failure?.message ?? 'nobody asked it to'}`);
      return false;
    }
    const fate = this.#endCommit();
    this.#trace.step(
      () => this.#engineRun.kill({ batchesArrive: false }),
      () => `the process has ended; ${fate}`,
    );
    await this.#startAgain();
    return true;
  }

  async #startAgain(text = 'a new process starts'): Promise<void> {
    await drained();
    this.#plan.world.clock.forget();
    this.#stopping = false;
    this.#trace.step(
      () => {
        this.#engineRun = this.#create();
        this.#engineRun.start();
      },
      () => text,
    );
  }

  /** Redrives the next dead letter. Returns false when each was redriven once. Everything is committed at this point. */
  #redrive(): boolean {
    if (!this.#plan.world.redrives) return false;
    const { engine } = this.#engineRun;
    const triesOf = (letter: DeadLetter): number => this.#redriven.get(letterName(letter)) ?? 0;
    const next = engine.deadLetters().find((letter) => triesOf(letter) < redrivesMax);
    if (next === undefined) return false;
    this.#redriven.set(letterName(next), triesOf(next) + 1);
    this.#trace.step(
      () => engine.redrive(next.id),
      () => `dead letter ${next.id} is tried again (${shortId(next.messageId)})`,
    );
    return true;
  }

  #create(): EngineRun {
    const { world, settings, choices, records } = this.#plan;
    return new EngineRun({
      application: world.application,
      clock: world.clock,
      logger: world.logger,
      limits: settings.limits,
      gap: settings.gap,
      ledger: this.#ledger,
      handlers: this.#handlers,
      records,
      store: {
        durable: this.#durable,
        readsLater: () => choices.choose('read', 2, (random) => (random.chance(settings.readsLaterRate) ? 1 : 0)) === 1,
        begun: (number) => this.#trace.detail(() => `commit ${number} begins`),
        violated: (detail) => this.#report('one commit', detail),
      },
      egress: {
        batchRecordsMax: settings.egressBatchMax,
        sending: (egressId, sent) => {
          this.#trace.detail(() => `${egressId} sends ${sent.map(({ id }) => shortId(id)).join(', ')}`);
          this.#ledger.egress.sending(egressId, sent);
        },
        acknowledged: (egressId, acknowledged) => this.#ledger.egress.acknowledged(egressId, acknowledged),
        left: (egressId, sent) => this.#left.add(egressId, sent),
        refuses: (egressId, record) => world.refuses(toEgressedEvent(egressId, record)),
      },
    });
  }

  #waitingOutside(): readonly string[] {
    return [...this.#handlers.unsettled.map(({ functionType }) => functionType), ...this.#engineRun.partition.unanswered.values()];
  }

  #check(when: 'always' | 'end'): void {
    this.#ledger.check();
    const { invariants } = this.#plan.world;
    // While a process starts, not everything is back.
    if (invariants.length === 0 || this.#violation !== undefined || !this.#engineRun.started) return;
    const broken = brokenInvariant(invariants, when, createView(this.#sources));
    if (broken !== undefined) this.#report(broken.invariant, broken.detail);
  }

  #checkEnd(): void {
    const { engine, ingress } = this.#engineRun;
    const { recordsTaken, messagesPending, outboxRecords } = engine.statistics();
    const left = this.#plan.records.length - ingress.recovered - recordsTaken;
    if (left > 0 || messagesPending > 0 || outboxRecords > 0) {
      const parts = [countOf(left, 'record'), countOf(messagesPending, 'message'), countOf(outboxRecords, 'egress record')];
      this.#report('comes to an end', `nothing happens any more, but ${parts.join(', ')} are left`);
    }
    this.#ledger.checkEnd();
    this.#check('end');
  }

  /** Checks that another start brings back what is there at the end. */
  async #recoverOnceMore(): Promise<void> {
    await this.#startAgain('nothing is left to do; once more a process starts, to look at what is there');
    const { store, ingress } = this.#engineRun;
    for (let step = 0; !ingress.started && step < recoveryStepsMax; step += 1) {
      await drained();
      for (const { answer } of [...store.reads]) answer();
    }
    await drained();
    this.#engineRun.turn?.();
    if (!ingress.started) this.#report('runs on', `the engine does not start: ${this.#engineRun.engine.failure?.message ?? 'it waits'}`);
    this.#engineRun.kill({ batchesArrive: false });
    await drained();
  }

  get #sources(): ViewSources {
    const { engine, partition } = this.#engineRun;
    const { application, clock } = this.#plan.world;
    const { functions } = application;
    return { engine, partition, functions, durable: this.#durable, left: this.#left.events, now: () => clock.now() };
  }

  #report(invariant: string, detail: string): void {
    this.#violation ??= { invariant, detail };
  }
}
