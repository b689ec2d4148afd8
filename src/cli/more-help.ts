/** The help of a command below its options. */
export interface MoreHelp {
  readonly text?: string;
  readonly examples: readonly string[];
  /** The meaning of each exit code; 2, for wrong usage, is added. */
  readonly exitCodes: Readonly<Record<number, string>>;
}

/** Returns the text for Commander's `addHelpText('after', …)`. */
export function moreHelp({ text, examples, exitCodes }: MoreHelp): string {
  const codes = Object.entries({ 2: 'wrong usage', ...exitCodes });
  return [
    '',
    ...(text === undefined ? [] : [text, '']),
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');
}
