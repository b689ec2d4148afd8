import { assembleApplication, type ApplicationOverrides } from '../../../src/application/assemble.ts';
import { defineApplication, type ApplicationOptions } from '../../../src/application/definition.ts';
import { analyzeFailure } from '../../../src/application/failure-analysis/analyze-failure.ts';
import type { FailureAnalyzer } from '../../../src/application/failure-analysis/failure-analyzer.ts';
import { formatFailure } from '../../../src/application/failure-analysis/format-failure.ts';

/** What a person reads about something that was thrown, without the title. */
export function explained(thrown: unknown, analyzers: readonly FailureAnalyzer[] = []): string {
  return formatFailure(analyzeFailure(thrown, analyzers)).replace('APPLICATION FAILED TO START\n\n', '');
}

/** What a person reads about an application that cannot be assembled. */
export async function explainedStart(options: ApplicationOptions, overrides?: ApplicationOverrides): Promise<string> {
  const assembled = assembleApplication(defineApplication(options), overrides);
  return explained(
    await assembled.then(
      () => 'it started',
      (thrown: unknown) => thrown,
    ),
  );
}
