/** `statefun/connectors`: the ports to implement for a system of your own, and connectors that a program feeds and reads itself. */
export { memoryEgress, type MemoryEgress, type MemoryEgressOptions } from './connectors/memory/memory-egress.ts';
export { memoryIngress, type MemoryIngress, type MemoryIngressOptions, type MemoryRecord } from './connectors/memory/memory-ingress.ts';
export type { ConnectorSettings } from './shared/connector-settings.ts';
export type { ClusterEgress, Egress, EgressContext, EgressRecord, RejectedRecord } from './egress/egress.ts';
export type { ClusterIngress, Ingress, IngressContext, IngressRecord, RecordFormat } from './ingress/ingress.ts';
export type { Cancel, Clock } from './shared/time/clock.ts';
