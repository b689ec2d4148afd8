// Decorators
export { Handles, OnSubscribe, StatefunFunction } from './functions/decorators.ts';
export { Persisted } from './state/persisted.ts';
export { Forwarder, type ForwarderOptions } from './forwarders/forwarder-decorator.ts';

// Events
export { CloudEvent, type CloudEventConstructor, type EventAttributes, type NewEvent } from './envelope/cloud-event.ts';
export { eventType, type EventOf, type EventType, type EventTypeOptions } from './envelope/event-type.ts';
export { typedValue } from './envelope/typed-value-event.ts';
export type { SchemaIssue, SchemaResult, StandardSchemaV1 } from './envelope/standard-schema.ts';

// State
export { PersistedValue } from './state/persisted-value.ts';
export { PersistedTable } from './state/persisted-table.ts';
export { PersistedList } from './state/persisted-list.ts';
export type { CellOptions, Expiration } from './state/cell.ts';

// Functions
export type { Context, DelayOptions, EgressOptions, SubscribeOptions } from './functions/context.ts';
export type { FunctionOptions, OnFailure, RetryOptions } from './functions/failure-policy.ts';
export { remoteFunctions, type RemoteFunctionsOptions, type RemoteTlsOptions } from './request-reply/calling/remote-functions.ts';
export type { RemoteFunctions } from './functions/remote/remote-function.ts';
export type { SubscriptionOptions } from './functions/subscriptions.ts';
export type { Address } from './shared/address.ts';
export type { Duration } from './shared/time/duration.ts';
export type { FunctionTarget } from './shared/function-target.ts';
export { namedLogger, type LogFields, type Logger, type LogSeverity } from './shared/logger.ts';
export type { ClassOf } from './shared/metadata.ts';
export type { Counter, Metrics } from './shared/metrics.ts';

// Forwarders
export { forwardTo, type ForwarderValue } from './forwarders/forward-to.ts';
export type { Downstream, EventForwarder, ForwardOptions } from './forwarders/event-forwarder.ts';

// Application
export { Configuration } from './configuration/configuration.ts';

export {
  configuration,
  type ConfigurationClass,
  type ConfigurationOf,
  type ConfigurationOptions,
} from './configuration/configuration-class.ts';

export {
  defineApplication,
  defineModule,
  type ApplicationDefinition,
  type ApplicationOptions,
  type EngineSettings,
  type ModuleDefinition,
  type ModuleOptions,
} from './application/definition.ts';
export { runApplication, type RunOptions, type RunningApplication } from './application/running/run-application.ts';

export { PostConstruct, PreDestroy } from './injection/lifecycle.ts';
export { ApplicationEvents, OnApplicationEvent } from './injection/application-events.ts';

export { LoggerToken } from './application/logging/logger-token.ts';

export { Health } from './application/health/health.ts';
export type { HealthIndicator } from './application/health/health-indicator.ts';

export type { EngineLimitOptions } from './configuration/engine-settings.ts';

// Hosts other than the engine

// Injection
export { injectable, named, optional } from 'inversify';
export { inject } from './injection/inject.ts';
export type { Provider } from './injection/provider.ts';

// Connectors
export { fileEgress, type FileEgressOptions } from './connectors/file/file-egress.ts';
export { fileIngress, type FileIngressOptions } from './connectors/file/file-ingress.ts';
export { stdoutEgress, type StdoutEgressOptions } from './connectors/file/stdout-egress.ts';

// Ports: implement them to connect a system of your own

// Errors
export { hasCode, StatefunError } from './shared/errors.ts';
export type { ErrorCode } from './shared/error-registry.ts';
