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
export { simulate } from './simulation/simulate.ts';
export type { SimulationOptions, SimulatedEvent } from './simulation/simulation-options.ts';
export type { SimulationCounts, SimulationFailure, SimulationReport } from './simulation/report/simulation-report.ts';
export type { SimulationInvariant } from './simulation/checks/invariant.ts';
export { SeededRandom } from './shared/seeded-random.ts';
export type { SimulatedFaults } from './simulation/schedule/run-settings.ts';
export type { SimulationEnd } from './simulation/checks/simulation-end.ts';
export type { SimulationView } from './simulation/checks/view.ts';
export { testCluster, TestCluster, type TestClusterOptions } from './testing/cluster/test-cluster.ts';
export type { EgressPattern } from './testing/expectations/egress-pattern.ts';
export type { EgressedEvent } from './testing/egressed-event.ts';
export { ExpectationError } from './testing/expectations/expectation-error.ts';
export type { Fixture } from './testing/fixtures/fixture.ts';
export type { GivenState } from './testing/given-state.ts';
export type { PlayOptions, PlaySummary } from './testing/fixtures/play-fixture.ts';
export type { DelayedEvent, SentEvent } from './testing/sent-event.ts';
export type { StateSnapshot } from './testing/expectations/state-expectation.ts';
export type { PointInTime } from './testing/test-clock.ts';
export type { GivenAddress } from './testing/test-run.ts';
export type { TestSettings } from './testing/test-settings.ts';
