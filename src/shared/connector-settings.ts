/**
 * What the configuration of an application says to its connectors: by key, such as `kinesis.region`, already checked; and what the
 * application configures itself (`configuration('rabbit', schema)`), by its name.
 */
export interface ConnectorSettings {
  /** From files, environment, command line or a test: they take the place of options in code. */
  readonly values: Readonly<Record<string, unknown>>;
  /** From variables that all programs on a machine share, such as `AWS_REGION`: for options that the code leaves out. */
  readonly fallbacks: Readonly<Record<string, unknown>>;
}
