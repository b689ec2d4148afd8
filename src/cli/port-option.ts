import { InvalidArgumentError, Option } from 'commander';

/** Creates the option `--port`. */
export function portOption(defaultPort: string): Option {
  return new Option('--port <port>', 'the port; 0 takes any that is free').argParser(toPort).default(Number(defaultPort), defaultPort);
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}
