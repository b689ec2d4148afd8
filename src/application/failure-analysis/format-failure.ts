import { toError } from '../../shared/errors.ts';
import { countOf } from '../../shared/text/count-of.ts';
import type { AnalyzedFailure, FailureReport } from './analyze-failure.ts';

/** How a failure is written. */
export interface FailureFormat {
  /** The first line. @defaultValue `'APPLICATION FAILED TO START'` */
  readonly title?: string;
  /** Adds the stack of each failure. @defaultValue `false` */
  readonly stacks?: boolean;
}

/** Returns the report as text: a title, then each mistake with what is wrong, where it is and what to do. */
export function formatFailure({ application, failures }: FailureReport, format: FailureFormat = {}): string {
  const { title = 'APPLICATION FAILED TO START', stacks = false } = format;
  const heading = application === undefined ? [] : [`Application "${application}" has ${countOf(failures.length, 'mistake')}.`, ''];
  const items = failures.flatMap((failure, index) => [...formatOne(failure, index + 1, stacks), '']);
  return `${[title, '', ...heading, ...items].join('\n').trimEnd()}\n`;
}

function formatOne({ code, what, where, action, causes, error }: AnalyzedFailure, number: number, stacks: boolean): readonly string[] {
  const indent = ' '.repeat(`${number}. `.length);
  const field = (name: string, text: string): string => `${indent}${name.padEnd(7)}${text.replaceAll('\n', `\n${indent}       `)}`;
  const stack = stacks ? toError(error).stack : undefined;
  return [
    `${number}. ${code === undefined ? '' : `${code}: `}${what.replaceAll('\n', `\n${indent}`)}`,
    ...(where === undefined ? [] : [field('Where:', where)]),
    field('Do:', action),
    ...causes.map((cause) => field('Cause:', cause)),
    ...(stack === undefined ? [] : [stack.replaceAll(/^/gm, indent)]),
  ];
}

/** The report as JSON. */
export interface FailureJson {
  readonly application: string | undefined;
  readonly mistakes: readonly {
    readonly code: string | undefined;
    readonly what: string;
    readonly where: string | undefined;
    readonly action: string;
    readonly causes: readonly string[];
  }[];
}

export function toFailureJson({ application, failures }: FailureReport): FailureJson {
  return { application, mistakes: failures.map(({ code, what, where, action, causes }) => ({ code, what, where, action, causes })) };
}
