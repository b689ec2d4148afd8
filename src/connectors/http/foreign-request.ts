import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/**
 * Returns why a request may come from a page of another site in a browser on this machine, or undefined.
 *
 * 1. A listener that only this machine reaches accepts only requests to this machine. Another name in `Host` belongs to a site whose name
 *    resolves to this machine.
 * 2. Browsers send the site of a page in `Origin`; programs do not send it. It must be this machine or the requested host.
 */
export function foreignReason({ host, origin }: IncomingHttpHeaders, local: boolean): string | undefined {
  const asked = hostnameOf(`http://${host ?? ''}`);
  if (local && (asked === undefined || !isLoopback(asked))) return `the host "${host ?? ''}" is not this machine`;
  if (origin === undefined) return undefined;
  const from = hostnameOf(origin);
  const own = from !== undefined && (local ? isLoopback(from) : from === asked);
  return own ? undefined : `the origin "${origin}" is foreign`;
}

/** Whether a name or address is reachable from this machine only. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

function hostnameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return hostname === '' ? undefined : hostname.replace(/^\[(.*)\]$/, '$1');
}
