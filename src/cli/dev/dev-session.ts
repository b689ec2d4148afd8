import type { Change } from './watched-files.ts';

/** An application that was started. */
export interface StartedApplication {
  /** Resolves when it has ended, whatever ended it. */
  readonly ended: Promise<void>;
  /** Asks it to stop gracefully. */
  stop(): void;
}

export interface DevSessionOptions {
  /** Resolves with whether the project compiles. */
  readonly build: () => Promise<boolean>;
  readonly start: () => StartedApplication;
  readonly say: (text: string) => void;
}

/**
 * Builds a project and runs it, again after every change.
 *
 * 1. At most one application runs at a time: the next one starts when the last one has ended, so state is never shared.
 * 2. A build that fails leaves the running application alone.
 */
export class DevSession {
  readonly #options: DevSessionOptions;
  #running: StartedApplication | undefined;
  #stopped = false;

  constructor(options: DevSessionOptions) {
    this.#options = options;
  }

  /** Does what a change asks for. Calls follow each other: the caller waits for one before it makes the next. */
  async apply(change: Change): Promise<void> {
    const { build, say } = this.#options;
    if (change === 'nothing' || this.#stopped) return;
    if (change === 'build' && !(await build())) {
      say(this.#running === undefined ? 'the build failed; waiting for a change' : 'the build failed; what was built before goes on');
      return;
    }
    await this.#end();
    if (!this.#stopped) this.#start();
  }

  /** Stops the application and resolves when it has ended. Nothing starts after that. */
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
