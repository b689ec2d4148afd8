import { isApplicationDefinition, isModuleDefinition, type ModuleOptions } from '../definition.ts';
import type { FailureAnalyzer } from './failure-analyzer.ts';

/** Returns the analyzers of an application and its modules, the application's own first. Invalid entries are reported elsewhere. */
export function registeredAnalyzers(application: unknown): readonly FailureAnalyzer[] {
  if (!isApplicationDefinition(application)) return [];
  const visited = new Set<ModuleOptions>();
  const visit = (definition: unknown): readonly unknown[] => {
    if (!isModuleDefinition(definition) || visited.has(definition.options)) return [];
    visited.add(definition.options);
    return [...(definition.options.failureAnalyzers ?? []), ...(definition.options.modules ?? []).flatMap(visit)];
  };
  const { failureAnalyzers = [], modules = [] } = application.options;
  return [...failureAnalyzers, ...modules.flatMap(visit)].filter(isAnalyzer);
}

function isAnalyzer(value: unknown): value is FailureAnalyzer {
  return typeof value === 'object' && value !== null && typeof (value as Partial<FailureAnalyzer>).analyze === 'function';
}
