/**
 * Settings for connectors. Settings of the framework are found by key, such as `kinesis.region`; a configuration of the application
 * (`configuration('rabbit', schema)`) is found by its name. All values have been checked.
 */
export interface ConnectorSettings {
  /** Values from files, environment, command line or a test. They replace options in code. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Values from variables that all programs on a machine share, such as `AWS_REGION`. Options in code replace them. */
  readonly fallbacks: Readonly<Record<string, unknown>>;
}
