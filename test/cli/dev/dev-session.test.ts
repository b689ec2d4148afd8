import { describe, expect, it } from '@jest/globals';
import { DevSession, type StartedApplication } from '../../../src/cli/dev/dev-session.ts';

/** Notes what a session does, and ends applications when it is told to. */
class Stage {
  readonly steps: string[] = [];
  compiles = true;
  /** Ends the application that runs. */
  end: () => void = () => undefined;
  /** Applications that end when they are asked to. */
  obedient = true;

  readonly session = new DevSession({
    build: () => {
      this.steps.push('build');
      return Promise.resolve(this.compiles);
    },
    start: () => this.#start(),
    say: (text) => void this.steps.push(text),
  });

  #start(): StartedApplication {
    this.steps.push('start');
    const ended = new Promise<void>((resolve) => {
      this.end = () => {
        this.steps.push('ended');
        resolve();
      };
    });
    const stop = (): void => {
      this.steps.push('stop');
      if (this.obedient) this.end();
    };
    return { ended, stop };
  }
}

describe('a session of statefun dev', () => {
  it('builds and starts, and after a change the next one starts when the last has ended', async () => {
    const stage = new Stage();
    stage.obedient = false;
    await stage.session.apply('build');

    const applied = stage.session.apply('build');
    await Promise.resolve();
    await Promise.resolve();
    expect(stage.steps).toEqual(['build', 'start', 'build', 'stop']);
    stage.end();
    await applied;

    expect(stage.steps).toEqual(['build', 'start', 'build', 'stop', 'ended', 'start']);
  });

  it('starts again without a build when a setting has changed', async () => {
    const stage = new Stage();
    await stage.session.apply('build');

    await stage.session.apply('restart');

    expect(stage.steps).toEqual(['build', 'start', 'stop', 'ended', 'start']);
  });

  it('leaves the running application alone when a build fails', async () => {
    const stage = new Stage();
    await stage.session.apply('build');
    stage.compiles = false;

    await stage.session.apply('build');

    expect(stage.steps).toEqual(['build', 'start', 'build', 'the build failed; the last good build keeps running']);
  });

  it('waits for a change when the first build fails, and starts after one that succeeds', async () => {
    const stage = new Stage();
    stage.compiles = false;
    await stage.session.apply('build');
    stage.compiles = true;

    await stage.session.apply('build');

    expect(stage.steps).toEqual(['build', 'the build failed; waiting for a change', 'build', 'start']);
  });

  it('starts an application again that has ended by itself', async () => {
    const stage = new Stage();
    await stage.session.apply('build');
    stage.end();
    await Promise.resolve();

    await stage.session.apply('build');

    expect(stage.steps).toEqual(['build', 'start', 'ended', 'the application has ended; waiting for a change', 'build', 'start']);
  });

  it('stops, and starts nothing any more', async () => {
    const stage = new Stage();
    await stage.session.apply('build');

    await stage.session.stop();
    await stage.session.apply('build');

    expect(stage.steps).toEqual(['build', 'start', 'stop', 'ended']);
  });

  it('does nothing about nothing', async () => {
    const stage = new Stage();

    await stage.session.apply('nothing');

    expect(stage.steps).toEqual([]);
  });
});
