import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hasCode } from '../../src/shared/errors.ts';
import { CrashableStore } from './crashable-store.ts';
import { EngineBed } from './engine-bed.ts';
import { Any, GatedStore, resetWorld, Stopper, world } from './hostile-functions.ts';

describe('Engine, when it stops', () => {
  let bed: EngineBed;
  beforeEach(resetWorld);
  afterEach(() => bed.engine.stop({ deadlineMs: 1 }));

  it('ends handlers that have not settled when it has stopped: their signal is aborted and their cells are closed', async () => {
    bed = await EngineBed.start([Any]);
    bed.feed('test/any/a', 'wait');
    while (world.open.length === 0) await nextTurn();
    await bed.engine.stop({ deadlineMs: 1 });
    expect(world.signals.map(({ aborted }) => aborted)).toEqual([true]);
    const { store, clock } = bed;
    bed = await EngineBed.start([Any], { store, clock });
    while (world.open.length === 1) await nextTurn();
    world.open[0]?.();
    world.open[1]?.();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/any/a')).toEqual({ count: 1 });
  });

  it('opens nothing more when a stop overtakes the start', async () => {
    bed = new EngineBed([Any], { store: new CrashableStore({ turns: () => 3 }) });
    let opened = false;
    const start = bed.ingress.start.bind(bed.ingress);
    bed.ingress.start = (context) => ((opened = true), start(context));
    const starting = bed.engine.start().catch((error: unknown) => error);
    await bed.engine.stop();
    expect(hasCode(await starting, 'ENGINE_STOPPED')).toBe(true);
    expect(opened).toBe(false);
    expect(await bed.engine.stopped).toBeUndefined();
  });

  it('has stopped, and closed its store, when a start that fails rejects', async () => {
    const store = new GatedStore();
    bed = new EngineBed([Any], { store });
    bed.ingress.start = () => Promise.reject(new Error('no such stream'));
    await expect(bed.engine.start()).rejects.toThrow('no such stream');
    expect(store.closed).toBe(true);
  });

  it('rejects a position that is being saved when the engine stops because of a failing commit', async () => {
    const store = new GatedStore();
    bed = new EngineBed([Any], { store });
    bed.ingress.start = async (context) => {
      store.failing = true;
      await context.savePosition('shard', 'latest');
    };
    await expect(bed.engine.start()).rejects.toThrow('disk on fire');
  });

  it('reports a store that throws when it is closed, and still stops', async () => {
    const store = new GatedStore();
    store.close = () => {
      throw new Error('cannot close');
    };
    bed = await EngineBed.start([Any], { store });
    await bed.engine.stop();
    expect(await bed.engine.stopped).toBeUndefined();
  });

  it('handles nothing more once a failure has stopped it', async () => {
    bed = await EngineBed.start([Any, Stopper]);
    bed.feed('test/any/a', 'fan');
    await bed.engine.stopped;
    expect(bed.engine.statistics().invocations).toBe(1);
  });

  it('refuses to redrive when it has stopped, and keeps the dead letter', async () => {
    bed = await EngineBed.start([Any]);
    await bed.receives('test/any/a', 'unheard-of');
    await bed.engine.stop();
    expect(() => bed.engine.redrive(bed.engine.deadLetters()[0]?.id ?? '')).toThrow('ENGINE_STOPPED');
    expect(bed.engine.deadLetters()).toHaveLength(1);
  });
});
