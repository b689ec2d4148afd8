import { serveFunctions, type FunctionServer, type FunctionServerOptions } from '../../request-reply/serving/http/function-server.ts';
import { RequestReplyHandler } from '../../request-reply/serving/request-reply-handler.ts';
import type { ServedFunctions } from '../../request-reply/serving/served-function.ts';
import { standardErrorLogger } from '../../request-reply/serving/standard-error-logger.ts';
import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { guardStandardStreams } from '../../shared/standard-streams.ts';
import { configurationOf, configuredLogger } from '../application-configuration.ts';
import { assembleApplication, type ApplicationOverrides, type AssembledApplication } from '../assemble.ts';
import type { ApplicationDefinition } from '../definition.ts';
import { processFailures } from '../running/stray-failures.ts';
import { FlinkFunctions } from './flink-functions.ts';

/** Settings are read from application.yaml and others in the working directory, and from the environment, where the options say nothing else. */
export interface FlinkServingOptions extends Omit<ApplicationOverrides, 'dryRun' | 'ingress'> {
  /** @defaultValue one that writes to standard error: see the settings `logging.level` and `logging.levels` */
  readonly logger?: Logger;
  /** Sends egress records to the egress of StateFun's playground, under the names of the egresses as topics. @defaultValue `false` */
  readonly playground?: boolean;
  /**
   * How long failed messages of one call may be tried again in all. The cluster waits for the call meanwhile, by default two minutes, a
   * gateway less. Longer rides out longer failures of what handlers call; then their messages are dead letters.
   *
   * @defaultValue `'20s'`, less than the limit of any gateway
   */
  readonly retryBudget?: Duration;
}

/** The functions of an application, ready to be served to a cluster. */
export interface FlinkApplication {
  readonly name: string;
  /** What `RequestReplyHandler` and `lambdaHandler` take: the function classes, and the forwarders as the function of {@link routerType}. */
  readonly functions: ServedFunctions;
  readonly handler: RequestReplyHandler;
  /** Destroys what the application made; after the last call. */
  close(): Promise<void>;
}

/** What a server is given beside the application. */
export interface ServingOptions extends FlinkServingOptions {
  /**
   * Takes care of promises that nobody awaits and of exceptions that nobody catches, as for `runApplication`: what a handler has left behind
   * fails its attempt or is logged; any other failure closes the server in order. `statefun serve` sets it. @defaultValue `false`
   */
  readonly strayFailures?: boolean;
  readonly server?: Omit<FunctionServerOptions, 'logger'>;
}

/** An application that is served. */
export interface ServedApplication extends FlinkApplication {
  readonly server: FunctionServer;
  /** Resolves when it is closed; with an error when it had to be. */
  readonly stopped: Promise<Error | undefined>;
}

/**
 * Checks an application and makes what it needs, for a server or Lambda function of your own: no ingress, egress or state folder is opened,
 * all of that is the cluster's. Rejects with APPLICATION_INVALID and FLINK_UNSUPPORTED; nothing is left behind then.
 */
export function flinkApplication(definition: ApplicationDefinition, options: FlinkServingOptions = {}): Promise<FlinkApplication> {
  return prepare(definition, options, false);
}

async function prepare(definition: ApplicationDefinition, options: FlinkServingOptions, tied: boolean): Promise<FlinkApplication> {
  guardStandardStreams();
  const retryBudgetMs = toMilliseconds(options.retryBudget ?? '20s');
  const configuration = await configurationOf(definition, { environment: process.env, configurationFolder: '.', ...options });
  const logger = options.logger ?? configuredLogger(configuration);
  const application = await assembleApplication(definition, { ...options, configuration, logger });
  if (tied) application.invocationScope.active = true;
  try {
    const functions = new FlinkFunctions(application, { logger, playground: options.playground ?? false, retryBudgetMs });
    const handler = new RequestReplyHandler(functions, { logger: namedLogger(logger, 'remote') });
    return { name: application.name, functions, handler, close: () => destroy(application, logger) };
  } catch (thrown) {
    await destroy(application, logger);
    throw thrown;
  }
}

/** {@link flinkApplication} behind a server of its own. Rejects with what both reject with. */
export async function serveApplication(definition: ApplicationDefinition, options: ServingOptions = {}): Promise<ServedApplication> {
  const { strayFailures = false } = options;
  const application = await prepare(definition, options, strayFailures);
  try {
    const server = await serveFunctions(application.handler, options.server ?? {});
    return closable(application, server, strayFailures ? (options.logger ?? standardErrorLogger()) : undefined);
  } catch (thrown) {
    await application.close();
    throw thrown;
  }
}

/** Failures that nobody takes care of close it when there is a logger to tell them. */
function closable(application: FlinkApplication, server: FunctionServer, logger: Logger | undefined): ServedApplication {
  let resolveStopped: (error: Error | undefined) => void = () => undefined;
  const stopped = new Promise<Error | undefined>((resolve) => (resolveStopped = resolve));
  const closeOnce = async (error: Error | undefined): Promise<void> => {
    try {
      await server.close();
      await application.close();
    } finally {
      resolveStopped(error);
    }
  };
  let closing: Promise<void> | undefined;
  const close = (error?: Error): Promise<void> => (closing ??= closeOnce(error));
  if (logger !== undefined) {
    const stop = (error: Error): void => {
      logger.error('the server stops', { error });
      close(error).catch((thrown: unknown) => logger.error('could not stop', { error: thrown }));
    };
    void stopped.then(processFailures.listen({ logger, stop }));
  }
  return { ...application, server, stopped, close: () => close() };
}

async function destroy({ functions, lifecycle }: AssembledApplication, logger: Logger): Promise<void> {
  // Made for the engine; the cluster calls functions in other languages itself.
  await Promise.all(functions.clients().map((client) => client.close()));
  for (const error of await lifecycle.destroy()) logger.warn('stopped before everything had ended', { error });
}
