import { describe, it } from '@jest/globals';
import { simulate } from 'statefun/testing';
import application from '../src/application.ts';
import { cartSimulation } from './simulation.ts';

describe('shopping cart, simulated', () => {
  // #region simulation
  it('keeps its promises in any order, and over crashes', async () => {
    const { events, invariants } = cartSimulation;
    const report = await simulate(application, { events, invariants, seeds: 50 });
    report.ensureHeld();
  }, 120_000);
  // #endregion simulation
});
