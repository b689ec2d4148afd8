/**
 * The layers of configuration, lowest to highest. A later one takes precedence.
 *
 * `machine` has variables that all programs share. It is below the code, as in the AWS SDK. `options` are the options of `runApplication`.
 */
export const layers = [
  'default',
  'machine',
  'code',
  'file',
  'profile-file',
  'env-file',
  'environment',
  'command-line',
  'options',
  'overrides',
] as const;

export type Layer = (typeof layers)[number];

/** An unchecked value of a source. */
export interface ConfiguredValue {
  /** Levels of its key, in the spelling of the source. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly layer: Layer;
  /** Origin for people: `application.yaml:3`, `environment variable LOG_LEVEL`, `--set`. */
  readonly origin: string;
  /** Whether the source has only texts, which can represent numbers and other values. */
  readonly isText?: true;
  /** See SettingVariable. */
  readonly lenient?: true;
}

/** Most levels of nested values. Deeper ones are a mistake, or contain themselves. */
export const levelsMax = 16;

/** Returns whether a value sets nothing: compose files and shells set empty variables, YAML has keys without values. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
