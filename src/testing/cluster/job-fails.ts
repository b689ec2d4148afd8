import { StatefunError } from '../../shared/errors.ts';

/** The error for an answer of a function at which the job of a real cluster fails. */
export function jobFails(summary: string): StatefunError {
  return new StatefunError('TEST_CLUSTER_JOB_FAILED', summary);
}
