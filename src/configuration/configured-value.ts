/**
 * Where a value comes from, lowest to highest: a later one wins.
 *
 * `machine` is what variables say that all programs share; it stands below the code, as in the AWS SDK. `options` are those of
 * `runApplication` itself, which know best where they run.
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

/** A value as a source has it, not yet checked. */
export interface ConfiguredValue {
  /** The levels of its key as the source writes them. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly layer: Layer;
  /** For people: `application.yaml:3`, `environment variable LOG_LEVEL`, `--set`. */
  readonly origin: string;
  /** The source knows only text, which may stand for a number and others. */
  readonly isText?: true;
  /** See SettingVariable. */
  readonly lenient?: true;
}

/** How deep values may be nested; deeper is a mistake, or refers to itself. */
export const levelsMax = 16;

/** A value that sets nothing: compose files and shells set empty variables, YAML has keys without a value. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that is nothing but its fields: levels of a key. Instances of classes are values. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Also true for objects of another realm, such as those of a parser under a test runner.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
