import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { configurationOf, configuredLogger } from '../application/application-configuration.ts';
import { serveApplication, type ServedApplication } from '../application/flink/serve-application.ts';
import { StopSignals } from '../application/running/stop-signals.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { starting } from './application-failure.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { loadBuilt } from './load.ts';
import { moreHelp } from './more-help.ts';
import { portOption } from './port-option.ts';
import type { TakeSignals } from './signals.ts';

interface ServeCommandOptions extends ConfigurationCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly playground?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
}

/** `statefun serve <app>`: serves the functions of an application to Flink StateFun over HTTP, until a signal stops it. */
export function serveCommand(takeSignals: TakeSignals): Command {
  return withConfigurationOptions(new Command('serve'))
    .description('serve the functions of an application to Flink StateFun over HTTP, until SIGTERM or SIGINT')
    .argument('<app>', 'a folder with a package.json, or the built module that exports the application')
    .addOption(portOption('8000'))
    .option('--host <host>', 'where to listen; 0.0.0.0 in a container', '127.0.0.1')
    .option('--path <path>', 'the path of the endpoint', '/statefun')
    .option('--playground', "send egress records to StateFun's playground, under topics")
    .option('--tls-cert <file>', 'serve HTTPS with this certificate (PEM)')
    .addOption(new Option('--tls-key <file>', 'the key of the certificate (PEM)'))
    .option('--client-ca <file>', 'serve only clients with a certificate of this authority (PEM)')
    .addHelpText(
      'after',
      moreHelp({
        text: 'State, ingress and egress are those of the cluster: statefun module prints its module.yaml. The first signal stops it after the running calls; a second one does not wait for them.',
        examples: ['statefun serve .', 'statefun serve . --host 0.0.0.0 --port 8000'],
        exitCodes: {
          0: 'stopped by a signal',
          1: 'it could not start, or cannot run on Flink',
          130: 'a second SIGINT (143: SIGTERM)',
        },
      }),
    )
    .action(async (path: string, options: ServeCommandOptions) => {
      const signals = new StopSignals(process, takeSignals());
      try {
        await serve(path, options, signals);
      } finally {
        signals.over();
      }
    });
}

async function serve(path: string, options: ServeCommandOptions, signals: StopSignals): Promise<void> {
  const { application, defaultName, folder, warnings } = await starting(() => loadBuilt(path));
  const configuration = await configurationOf(application, configurationSources(options, folder));
  const logger = configuredLogger(configuration);
  signals.logTo(logger);
  for (const { code, summary, hint } of warnings) logger.warn(`${code}: ${summary}`, { hint });
  const served = await starting(async () => {
    const server = { port: options.port, host: options.host, path: options.path, ...(await readTls(options)) };
    return serveApplication(application, {
      defaultName,
      logger,
      configuration,
      playground: options.playground === true,
      server,
      strayFailures: true,
    });
  }, application);
  logger.info(`serving ${served.functions.types().join(', ')} at ${served.server.url}`);
  await stopped(served, signals);
  logger.info('stopped');
}

async function readTls({ tlsCert, tlsKey, clientCa }: ServeCommandOptions): Promise<{ readonly tls?: { cert: Buffer; key: Buffer } }> {
  if (tlsCert === undefined && tlsKey === undefined && clientCa === undefined) return {};
  // Without both, the server would use plain HTTP.
  if (tlsCert === undefined || tlsKey === undefined) {
    const also = clientCa === undefined ? '' : ', and --client-ca needs HTTPS';
    throw new StatefunError('SERVER_OPTION_INVALID', `HTTPS needs both --tls-cert and --tls-key${also}.`);
  }
  const client = clientCa === undefined ? {} : { clientCa: await readPem('--client-ca', clientCa) };
  return { tls: { cert: await readPem('--tls-cert', tlsCert), key: await readPem('--tls-key', tlsKey), ...client } };
}

async function readPem(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new StatefunError('SERVER_OPTION_INVALID', `the file of ${option} cannot be read: ${toError(cause).message}.`, { cause });
  }
}

/** Resolves when everything is closed after a signal, or rejects after an unhandled failure. */
function stopped(served: ServedApplication, signals: StopSignals): Promise<void> {
  return new Promise((resolve, reject) => {
    void served.stopped.then((error) => (error === undefined ? resolve() : reject(error)));
    signals.whenAsked({ stop: () => void served.close().then(resolve, reject), busyWith: () => 'the running calls' });
  });
}
