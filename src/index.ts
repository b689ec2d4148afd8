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
export {
  booleanType,
  bytesType,
  customType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  protobufType,
  stringType,
  type CustomTypeOptions,
  type ProtobufCodec,
  type StateType,
} from './state/state-type.ts';

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
export { Configuration, type ExplainedValue } from './configuration/configuration.ts';
export type { ConfigurationValues } from './configuration/object-source.ts';
export {
  configuration,
  type ConfigurationClass,
  type ConfigurationOf,
  type ConfigurationOptions,
} from './configuration/configuration-class.ts';
export type { ConfigurationOverrides } from './application/application-configuration.ts';
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
export type { ApplicationOverrides } from './application/assemble.ts';
export { analyzeFailure, type AnalyzedFailure, type FailureReport } from './application/failure-analysis/analyze-failure.ts';
export type { FailureAnalyzer, FailureContext, FailureDescription } from './application/failure-analysis/failure-analyzer.ts';
export { formatFailure, type FailureFormat } from './application/failure-analysis/format-failure.ts';
export type { ComponentKind, ScanReport } from './application/components/component-scan.ts';
export { PostConstruct, PreDestroy, type LifecycleOptions } from './injection/lifecycle.ts';
export {
  ApplicationEvents,
  OnApplicationEvent,
  type ApplicationEventMap,
  type ApplicationEventName,
} from './injection/application-events.ts';
export {
  Conditional,
  ConditionalOnMissingProvider,
  ConditionalOnProfile,
  ConditionalOnProperty,
  type Condition,
  type ConditionContext,
  type ConditionOutcome,
  type ConditionSource,
} from './injection/conditions.ts';
export type { Wiring, WiredEgress, WiredForwarder, WiredFunction, WiredIngress } from './application/wiring/wiring.ts';
export { createLogger, type LoggingOptions, type LogLevel } from './application/logging/logging.ts';
export { LoggerToken } from './application/logging/logger-token.ts';
export type { LoggerLevel, Loggers } from './application/logging/logging-levels.ts';
export { Health, type HealthLimits, type HealthReport } from './application/health/health.ts';
export type { ComponentHealth, HealthIndicator, HealthStatus } from './application/health/health-indicator.ts';
export type { DeadLetter, DeadLetterKind } from './engine/partition/dead-letters.ts';
export type { EngineLimitOptions } from './configuration/engine-settings.ts';
export type { EngineStatistics } from './engine/report/statistics.ts';

// Hosts other than the engine
export {
  flinkApplication,
  serveApplication,
  type FlinkApplication,
  type FlinkServingOptions,
  type ServedApplication,
  type ServingOptions,
} from './application/flink/serve-application.ts';

// Injection
export { injectable, named, optional } from 'inversify';
export { inject } from './injection/inject.ts';
export type { ClassProvider, FactoryProvider, Provider, ProviderScope, ValueProvider } from './injection/provider.ts';
export type { Token } from './injection/token.ts';

// Connectors
export { fileEgress, type FileEgressOptions } from './connectors/file/file-egress.ts';
export { fileIngress, type FileIngressOptions } from './connectors/file/file-ingress.ts';
export { stdoutEgress, type StdoutEgressOptions } from './connectors/file/stdout-egress.ts';
export { memoryEgress, type MemoryEgress, type MemoryEgressOptions } from './connectors/memory/memory-egress.ts';
export { memoryIngress, type MemoryIngress, type MemoryIngressOptions, type MemoryRecord } from './connectors/memory/memory-ingress.ts';

// Ports: implement them to connect a system of your own
export type { ConnectorSettings } from './shared/connector-settings.ts';
export type { ClusterEgress, Egress, EgressContext, EgressRecord, RejectedRecord } from './egress/egress.ts';
export type { ClusterIngress, Ingress, IngressContext, IngressRecord } from './ingress/ingress.ts';
export type { RecordFormat } from './ingress/ingress.ts';
export type { Cancel, Clock } from './shared/time/clock.ts';
export { MemoryStore } from './storage/memory-store.ts';
export type { Store, StoreChange, StoredValue, StoreStats } from './storage/store.ts';

// Errors
export { hasCode, StatefunError, type ErrorFacts, type StatefunErrorOptions } from './shared/errors.ts';
export type { ErrorCode, ErrorOutcome } from './shared/error-registry.ts';
