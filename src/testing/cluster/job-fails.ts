import { StatefunError } from '../../shared/errors.ts';

/** Creates the error for a response that would fail the job of a real cluster. */
export function jobFails(summary: string): StatefunError {
  return new StatefunError('TEST_CLUSTER_JOB_FAILED', summary);
}
