import { StatefunError } from '../../shared/errors.ts';
import { describeError } from './facts.ts';
import type { FailureAnalyzer } from './failure-analyzer.ts';
import { functionFailures } from './function-failures.ts';
import { loadingFailures } from './loading-failures.ts';
import { outsideFailures } from './outside-failures.ts';
import { providerFailures } from './provider-failures.ts';
import { systemFailures } from './system-failures.ts';

/** Every other error of this framework says by itself what happened and what to do. */
const otherFailures: FailureAnalyzer = {
  analyze: (error, context) => (StatefunError.is(error) ? describeError(error, context) : undefined),
};

/** In the order they are asked. */
export const builtInAnalyzers: readonly FailureAnalyzer[] = [
  functionFailures,
  providerFailures,
  loadingFailures,
  outsideFailures,
  otherFailures,
  systemFailures,
];
