import { describe, toError } from '../../shared/errors.ts';

/** The status of a component. `out-of-service` means that it works, but should get no requests now. */
export type HealthStatus = 'up' | 'down' | 'out-of-service';

/** The status of one component, with details for people. Details must not contain secrets: everyone who can read the health sees them. */
export interface ComponentHealth {
  readonly status: HealthStatus;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Reports whether something that the application needs is available. List its class under `health`; it counts for readiness. */
export interface HealthIndicator {
  /** The name of the component, unique in the application. */
  readonly name: string;
  /** Checks the component. It is called on each request for health, one call at a time. An error means `down`. */
  check(): HealthStatus | ComponentHealth | Promise<HealthStatus | ComponentHealth>;
}

const statuses: readonly unknown[] = ['up', 'down', 'out-of-service'] satisfies readonly HealthStatus[];

/** Returns the result of an indicator. An error and an invalid result mean `down`. */
export async function checkIndicator(indicator: HealthIndicator): Promise<ComponentHealth> {
  let answer: unknown;
  try {
    answer = await indicator.check();
  } catch (error) {
    return { status: 'down', details: { error: toError(error).message } };
  }
  const health = typeof answer === 'string' ? { status: answer } : answer;
  if (typeof health === 'object' && health !== null && statuses.includes((health as { status?: unknown }).status)) {
    // Safe: its one required property is checked above.
    return health as ComponentHealth;
  }
  return { status: 'down', details: { error: `check() returned ${describe(answer)}, which is not a status` } };
}

/** Whether a value is a health indicator. */
export function isHealthIndicator(value: unknown): value is HealthIndicator {
  if (typeof value !== 'object' || value === null) return false;
  const { name, check } = value as Partial<Readonly<Record<keyof HealthIndicator, unknown>>>;
  return typeof name === 'string' && name !== '' && typeof check === 'function';
}
