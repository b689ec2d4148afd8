/** `statefun/failure-analysis`: explanations of what keeps an application from starting, and of errors. */
export { analyzeFailure, type AnalyzedFailure, type FailureReport } from './application/failure-analysis/analyze-failure.ts';
export type { FailureAnalyzer, FailureContext, FailureDescription } from './application/failure-analysis/failure-analyzer.ts';
export { formatFailure, type FailureFormat } from './application/failure-analysis/format-failure.ts';
export type { ErrorFacts, StatefunErrorOptions } from './shared/errors.ts';
export type { ErrorOutcome } from './shared/error-registry.ts';
