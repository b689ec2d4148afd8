/** A converted value: durations in milliseconds, sizes in bytes. */
export type PlainValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** A further environment variable of a setting, beside the one derived from its key. */
export interface SettingVariable {
  readonly name: string;
  /** Other programs read it too, and platforms set it for all of them: what the code of the application says goes before it. */
  readonly shared?: true;
  /** What it says to others may mean nothing here: a value that cannot be used is a warning. */
  readonly lenient?: true;
}

/**
 * One setting of the framework: everything that reading, checking, docs/configuration.md and the JSON Schema know about it.
 *
 * `duration` is a number of milliseconds or a text such as "5s"; `bytes` a number or a text such as "64 MiB"; `list` may be written with
 * commas; `map` has names below its key, each with one of `values`.
 */
export interface SettingDefinition {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'duration' | 'bytes' | 'enum' | 'list' | 'map';
  /** Effect of the setting, and the cost of higher and lower values. */
  readonly text: string;
  readonly default?: PlainValue;
  /** Where the default is decided at start. */
  readonly defaultText?: string;
  /** Defaults that a profile changes. */
  readonly profileDefaults?: Readonly<Record<string, PlainValue>>;
  /** What is counted, for numbers. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** The words there are. */
  readonly values?: readonly string[];
  /** What a text looks like, and how to say so to people. */
  readonly pattern?: { readonly source: string; readonly text: string };
  /** Whether `file:…` names a place, and is no reference to the content of a file. */
  readonly place?: true;
  /** Whether the value is a secret, which errors, logs and explanations never show. */
  readonly secret?: true;
  readonly variables?: readonly SettingVariable[];
  /** Other keys that mean the same. */
  readonly otherKeys?: readonly string[];
  /** What the framework does not do yet; said at start when the value is `true`, or for other types when there is one. */
  readonly unsupported?: { readonly text: string; readonly unlessFalse?: string };
}

/** Returns the expected value as text: "a whole number of records, at least 1". */
export function expectationOf({ type, unit, min, max, values = [], pattern }: SettingDefinition): string {
  const of = unit === undefined ? '' : ` of ${unit}`;
  const show = (value: number): string => (type === 'duration' ? durationText(value) : type === 'bytes' ? bytesText(value) : String(value));
  const range =
    min !== undefined && max !== undefined
      ? `, ${show(min)} to ${show(max)}`
      : min !== undefined && min !== 0
        ? `, at least ${show(min)}`
        : max !== undefined
          ? `, at most ${show(max)}`
          : '';
  switch (type) {
    case 'string':
      return pattern?.text ?? 'a text (numbers in quotes)';
    case 'integer':
      return `a whole number${of}${range}`;
    case 'number':
      return `a number${of}${range}`;
    case 'boolean':
      return 'true or false';
    case 'duration':
      return `a length of time such as 250ms, 5s, 2m, 1h or 7d, or a number of milliseconds${range}`;
    case 'bytes':
      return `a size such as 64 MiB, or a number of bytes${range}`;
    case 'enum':
      return orList(values);
    case 'list':
      return 'a list of texts, in one text separated by commas';
    case 'map':
      return `names, each with ${orList(values)}`;
  }
}

/** Returns a duration as text, in the largest unit with a whole number. */
export function durationText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
  ] as const;
  const [size, unit] = units.find(([length]) => ms > 0 && ms % length === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}

/** Returns a size as text, in the largest unit with a whole number. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value > 0 && value % 1024 === 0 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value} ${units[unit] ?? ''}`;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
