import { analyzeFailure, type FailureReport } from '../application/failure-analysis/analyze-failure.ts';
import { formatFailure } from '../application/failure-analysis/format-failure.ts';
import { registeredAnalyzers } from '../application/failure-analysis/registered-analyzers.ts';
import { toError } from '../shared/errors.ts';

const failedToStart = 'APPLICATION FAILED TO START';
export const cannotStart = 'APPLICATION CANNOT START';
export const stoppedByFailure = 'APPLICATION STOPPED BY A FAILURE';

/** An application that could not start or was stopped by a failure, to be explained to the user. */
export class ApplicationFailure extends Error {
  readonly title: string;
  readonly report: FailureReport;

  constructor(title: string, thrown: unknown, application?: unknown) {
    super(toError(thrown).message, { cause: thrown });
    this.name = 'ApplicationFailure';
    this.title = title;
    this.report = analyzeFailure(thrown, registeredAnalyzers(application));
  }

  toText(stacks: boolean): string {
    return formatFailure(this.report, { title: this.title, stacks });
  }
}

/** Runs a part of the start. An error is explained, also by the analyzers of the application. */
export async function starting<T>(start: () => Promise<T>, application?: unknown, title = failedToStart): Promise<T> {
  try {
    return await start();
  } catch (thrown) {
    throw new ApplicationFailure(title, thrown, application);
  }
}
