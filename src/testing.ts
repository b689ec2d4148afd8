/** `statefun/testing`: tests of one function, one forwarder, one ingress, or a whole application, with any test runner. */
export { testApplication, TestApplication, type TestApplicationOptions, type WaitingAddress } from './testing/test-application.ts';
export {
  testForwarder,
  TestForwarder,
  type ForwardedEvent,
  type PlayedForward,
  type TestForwarderOptions,
} from './testing/test-forwarder.ts';
export { testFunction, TestFunction, type TestFunctionOptions } from './testing/test-function.ts';
export { testIngress, TestIngress, type ReadRecord, type TestIngressOptions, type TestRecord } from './testing/test-ingress.ts';
export { simulate } from './testing/simulation/simulate.ts';
export type { SimulationOptions, SimulatedEvent } from './testing/simulation/simulation-options.ts';
export type { SimulationCounts, SimulationFailure, SimulationReport } from './testing/simulation/simulation-report.ts';
export type { SimulationInvariant } from './testing/simulation/invariant.ts';
export type { SimulationRandom } from './testing/simulation/random.ts';
export type { SimulatedFaults } from './testing/simulation/run-settings.ts';
export type { SimulationEnd } from './testing/simulation/simulation-end.ts';
export type { SimulationView } from './testing/simulation/view.ts';
export { testCluster, TestCluster, type TestClusterOptions } from './testing/test-cluster.ts';
export type { EgressPattern } from './testing/egress-pattern.ts';
export type { EgressedEvent } from './testing/egressed-event.ts';
export { ExpectationError } from './testing/expectation-error.ts';
export type { Fixture } from './testing/fixture.ts';
export type { GivenState } from './testing/given-state.ts';
export type { PlayOptions, PlaySummary } from './testing/play-fixture.ts';
export type { DelayedEvent, SentEvent } from './testing/sent-event.ts';
export type { StateSnapshot } from './testing/state-expectation.ts';
export type { PointInTime } from './testing/test-clock.ts';
export type { GivenAddress } from './testing/test-run.ts';
export type { TestSettings } from './testing/test-settings.ts';
