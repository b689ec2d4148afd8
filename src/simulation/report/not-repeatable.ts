import { StatefunError } from '../../shared/errors.ts';
import { formatReplay, type RunSeed } from './replay.ts';

/** The error for a run that does not follow from its seed. */
export function notRepeatable(seed: RunSeed, detail: string): StatefunError {
  return new StatefunError('SIMULATION_NOT_REPEATABLE', `the run of seed ${seed.seed} does not repeat: ${detail}.`, {
    facts: { seed: seed.seed, replay: formatReplay(seed) },
  });
}
