/** Exit codes of an engine of the test: it was asked to stop, lost its lease, or found it held. */
export const stoppedExitCode = 3;
export const lostExitCode = 4;
export const heldExitCode = 5;
