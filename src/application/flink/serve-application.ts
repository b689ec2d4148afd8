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

/** Options override settings, which are read from files such as application.yaml in the working directory and from the environment. */
export interface FlinkServingOptions extends Omit<ApplicationOverrides, 'dryRun' | 'ingress'> {
  /** The logger. @defaultValue one that writes to standard error, set by `logging.level` and `logging.levels` */
  readonly logger?: Logger;
  /** Sends egress records to the egress of StateFun's playground, with the names of the egresses as topics. @defaultValue `false` */
  readonly playground?: boolean;
  /**
   * Total time for retries within one call; after it, failed messages become dead letters. A longer time survives longer outages of services
   * that handlers call. The cluster waits for the call meanwhile, by default up to two minutes; gateways wait less.
   *
   * @defaultValue `'20s'`, below the limit of common gateways
   */
  readonly retryBudget?: Duration;
}

/** The functions of an application, ready to be served to a cluster. */
export interface FlinkApplication {
  readonly name: string;
  /** The functions for `RequestReplyHandler` or `lambdaHandler`: the function classes, and one function that runs the forwarders. */
  readonly functions: ServedFunctions;
  readonly handler: RequestReplyHandler;
  /** Destroys the providers of the application. Call it after the last request. */
  close(): Promise<void>;
}

/** Options of {@link serveApplication}. */
export interface ServingOptions extends FlinkServingOptions {
  /**
   * Handles unhandled rejections and uncaught exceptions of the process, as in `runApplication`. A failure started by a handler fails its
   * attempt, or is logged after the attempt; any other failure closes the server in order. `statefun serve` sets it. @defaultValue `false`
   */
  readonly strayFailures?: boolean;
  readonly server?: Omit<FunctionServerOptions, 'logger'>;
}

/** An application that a server serves to a cluster. */
export interface ServedApplication extends FlinkApplication {
  readonly server: FunctionServer;
  /** Resolves when the server is closed; with the error if a failure closed it. */
  readonly stopped: Promise<Error | undefined>;
}

/**
 * Checks an application and creates its providers, for your own server or Lambda function. Ingress, egress and state are the cluster's, so
 * none is opened. Rejects with APPLICATION_INVALID or FLINK_UNSUPPORTED; what was created by then is destroyed.
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

/** Creates a {@link flinkApplication} and a server for it. Rejects as `flinkApplication` and `serveFunctions` do. */
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

/** Creates the handle of a served application. With a logger, unhandled failures close the server. */
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
  // These clients are for the embedded engine; a cluster calls remote functions itself.
  await Promise.all(functions.clients().map((client) => client.close()));
  for (const error of await lifecycle.destroy()) logger.warn('stopped before everything had ended', { error });
}
