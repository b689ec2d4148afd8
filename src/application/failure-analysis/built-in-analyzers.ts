import { StatefunError } from '../../shared/errors.ts';
import { describeError } from './explaining.ts';
import type { FailureAnalyzer } from './failure-analyzer.ts';
import { functionFailures } from './function-failures.ts';
import { loadingFailures } from './loading-failures.ts';
import { outsideFailures } from './outside-failures.ts';
import { providerFailures } from './provider-failures.ts';
import { systemFailures } from './system-failures.ts';

/** Describes every other error of the framework by its own text and hint. */
const otherFailures: FailureAnalyzer = {
  analyze: (error, context) => (StatefunError.is(error) ? describeError(error, context) : undefined),
};

/** The built-in analyzers, in the order in which they are called. */
export const builtInAnalyzers: readonly FailureAnalyzer[] = [
  functionFailures,
  providerFailures,
  loadingFailures,
  outsideFailures,
  otherFailures,
  systemFailures,
];
