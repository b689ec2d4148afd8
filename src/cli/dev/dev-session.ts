import type { Change } from './watched-files.ts';

/** A started application. */
export interface StartedApplication {
  /** Resolves when the application has ended for any reason. */
  readonly ended: Promise<void>;
  /** Stops the application gracefully. */
  stop(): void;
}

export interface DevSessionOptions {
  /** Builds the project. Resolves to whether it compiles. */
  readonly build: () => Promise<boolean>;
  readonly start: () => StartedApplication;
  readonly say: (text: string) => void;
}

/**
 * Builds and runs a project, and repeats that after every change.
 *
 * 1. At most one application runs at a time. The next one starts when the last one has ended, so state is never shared.
 * 2. A failed build leaves the running application unchanged.
 */
export class DevSession {
  readonly #options: DevSessionOptions;
  #running: StartedApplication | undefined;
  #stopped = false;

  constructor(options: DevSessionOptions) {
    this.#options = options;
  }

  /** Builds or restarts after a change. The caller waits for one call before it makes the next. */
  async apply(change: Change): Promise<void> {
    const { build, say } = this.#options;
    if (change === 'nothing' || this.#stopped) return;
    if (change === 'build' && !(await build())) {
      say(this.#running === undefined ? 'the build failed; waiting for a change' : 'the build failed; the last good build keeps running');
      return;
    }
    await this.#end();
    if (!this.#stopped) this.#start();
  }

  /** Stops the application and resolves when it has ended. No other one is started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end();
  }

  #start(): void {
    const running = this.#options.start();
    this.#running = running;
    void running.ended.then(() => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#options.say('the application has ended; waiting for a change');
    });
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop();
    await running?.ended;
  }
}
