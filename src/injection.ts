/** `statefun/injection`: conditions, and the types of providers, tokens and lifecycle. */
export type { LifecycleOptions } from './injection/lifecycle.ts';
export type { ApplicationEventMap, ApplicationEventName } from './injection/application-events.ts';
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
export type { ClassProvider, FactoryProvider, ProviderScope, ValueProvider } from './injection/provider.ts';
export type { Token } from './injection/token.ts';
