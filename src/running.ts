/** `statefun/running`: logging, and the types of what a running application is given and reports. */
export type { ExplainedValue } from './configuration/configuration.ts';
export type { ConfigurationValues } from './configuration/object-source.ts';
export type { ConfigurationOverrides } from './application/application-configuration.ts';
export type { ApplicationOverrides } from './application/assemble.ts';
export type { ComponentKind, ScanReport } from './application/components/component-scan.ts';
export type { Wiring, WiredEgress, WiredForwarder, WiredFunction, WiredIngress, WiredRemote } from './application/wiring/wiring.ts';
export { createLogger, type LoggingOptions, type LogLevel } from './application/logging/logging.ts';
export type { LoggerLevel, Loggers } from './application/logging/logging-levels.ts';
export type { HealthLimits, HealthReport } from './application/health/health.ts';
export type { ComponentHealth, HealthStatus } from './application/health/health-indicator.ts';
export type { DeadLetter, DeadLetterKind } from './engine/partition/dead-letters.ts';
export type { ApplicationStatistics } from './application/running/run-application.ts';
export type { CheckpointOptions } from './application/checkpoints/checkpoint-options.ts';
export type { CheckpointStatistics } from './application/checkpoints/checkpoint-statistics.ts';
export type { S3Credentials, S3Options } from './checkpoints/s3/s3-options.ts';
export type { EngineStatistics } from './engine/report/statistics.ts';
export type { UnmatchedEvents } from './forwarders/routing.ts';
export type { CellKind } from './state/cell.ts';
