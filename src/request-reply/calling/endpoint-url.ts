import { describe, StatefunError } from '../../shared/errors.ts';

/** The place where one function is called. */
export interface EndpointTarget {
  readonly secure: boolean;
  /** The path of a Unix socket. If it is set, host and port have no meaning. */
  readonly socketPath: string | undefined;
  readonly hostname: string;
  readonly port: number;
  /** The path with query and fragment; StateFun also sends the fragment. */
  readonly path: string;
  /** The header `host`, without the ports 80 and 443 for either protocol. */
  readonly host: string;
}

const placeholder = '{function.name}';

/**
 * Parses a URL with `http:`, `https:`, or for a Unix socket `http+unix:` or `https+unix:`. `{function.name}` is replaced by the name of the
 * function. The socket is the path up to the first segment that ends in `.sock`. Throws REMOTE_ENDPOINT_INVALID.
 */
export function parseEndpointUrl(template: string): (functionName: string) => EndpointTarget {
  const targetOf = (name: string): EndpointTarget =>
    readUrl(
      template.replaceAll(placeholder, () => encodeURIComponent(name)),
      template,
    );
  targetOf('name');
  return targetOf;
}

function readUrl(text: string, template: string): EndpointTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const match = url === undefined ? null : /^(https?)(\+unix)?:$/.exec(url.protocol);
  if (url === undefined || match === null) {
    throw invalid(template, 'is not a URL of http, https, http+unix or https+unix');
  }
  if (url.username !== '' || url.password !== '') throw invalid(template, 'holds a user or password, which are not sent');
  const rest = /\{[^}]*\}/.exec(text);
  if (rest !== null) throw invalid(template, `has the placeholder ${rest[0]}; the only one is ${placeholder}`);
  const secure = match[1] === 'https';
  const defaultPort = secure ? 443 : 80;
  if (match[2] !== undefined) {
    const socket = /^(\/.*?\.sock)(\/.*)?$/.exec(url.pathname);
    if (socket === null || url.hostname !== '') throw invalid(template, 'names no socket: http+unix:///path/to/file.sock/path');
    const path = `${socket[2] ?? '/'}${url.search}${url.hash}`;
    return { secure, socketPath: decodeURIComponent(socket[1] ?? ''), hostname: 'localhost', port: defaultPort, path, host: 'localhost' };
  }
  const port = url.port === '' ? defaultPort : Number(url.port);
  // An IPv6 address has brackets in a URL and in the header, and none elsewhere.
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const host = port === 80 || port === 443 ? url.hostname : `${url.hostname}:${port}`;
  return { secure, socketPath: undefined, hostname, port, path: `${url.pathname}${url.search}${url.hash}`, host };
}

function invalid(template: string, what: string): StatefunError {
  return new StatefunError('REMOTE_ENDPOINT_INVALID', `the URL ${describe(template)} of remote functions ${what}.`, {
    facts: { url: template },
  });
}
