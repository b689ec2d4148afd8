import { describe, toError } from '../../shared/errors.ts';

/** `out-of-service`: well, but not to be given work now. */
export type HealthStatus = 'up' | 'down' | 'out-of-service';

/** The state of one part, and what people want to know about it. Details must not hold secrets: they are shown to whoever asks. */
export interface ComponentHealth {
  readonly status: HealthStatus;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Says whether something the application needs is there. Listed under `health` of an application or module; takes part in readiness. */
export interface HealthIndicator {
  /** Unique in the application. */
  readonly name: string;
  /** Is called whenever somebody asks, one call at a time; what it throws means `down`. */
  check(): HealthStatus | ComponentHealth | Promise<HealthStatus | ComponentHealth>;
}

const statuses: readonly unknown[] = ['up', 'down', 'out-of-service'] satisfies readonly HealthStatus[];

/** What an indicator answers; what it throws, and what is no answer, means `down`. */
export async function checkIndicator(indicator: HealthIndicator): Promise<ComponentHealth> {
  let answer: unknown;
  try {
    answer = await indicator.check();
  } catch (error) {
    return { status: 'down', details: { error: toError(error).message } };
  }
  const health = typeof answer === 'string' ? { status: answer } : answer;
  if (typeof health === 'object' && health !== null && statuses.includes((health as { status?: unknown }).status)) {
    // Its one required field has just been checked.
    return health as ComponentHealth;
  }
  return { status: 'down', details: { error: `check() answered with ${describe(answer)}, which is no status` } };
}

/** Whether a value can be asked for its health. */
export function isHealthIndicator(value: unknown): value is HealthIndicator {
  if (typeof value !== 'object' || value === null) return false;
  const { name, check } = value as Partial<Readonly<Record<keyof HealthIndicator, unknown>>>;
  return typeof name === 'string' && name !== '' && typeof check === 'function';
}
