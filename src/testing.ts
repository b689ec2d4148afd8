/** `statefun/testing`: tests of one function, or of a whole application, with any test runner. */
export { testApplication, TestApplication, type GivenAddress, type TestApplicationOptions } from './testing/test-application.ts';
export { testFunction, TestFunction, type TestFunctionOptions } from './testing/test-function.ts';
export type { EgressedEvent } from './testing/egressed-event.ts';
export { ExpectationError } from './testing/expectation-error.ts';
export type { Fixture } from './testing/fixture.ts';
export type { GivenState } from './testing/given-state.ts';
export type { PlayOptions, PlaySummary } from './testing/play-fixture.ts';
export type { DelayedEvent, SentEvent } from './testing/sent-event.ts';
export type { StateSnapshot } from './testing/state-expectation.ts';
export type { PointInTime } from './testing/test-clock.ts';
