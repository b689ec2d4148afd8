import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/**
 * Why a request may come from a page of another site, which makes a browser on this machine send it; undefined when it does not.
 *
 * 1. A listener that only this machine reaches takes requests to this machine only: another name in `Host` is that of a site that has let its
 *    name lead here.
 * 2. A page says where it is from in `Origin`, and programs say nothing there. It must be this machine, or the host that is asked.
 */
export function foreignReason({ host, origin }: IncomingHttpHeaders, local: boolean): string | undefined {
  const asked = hostnameOf(`http://${host ?? ''}`);
  if (local && (asked === undefined || !isLoopback(asked))) return `the host "${host ?? ''}" is not this machine`;
  if (origin === undefined) return undefined;
  const from = hostnameOf(origin);
  const own = from !== undefined && (local ? isLoopback(from) : from === asked);
  return own ? undefined : `the origin "${origin}" is foreign`;
}

/** Whether only this machine reaches a name or address. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

function hostnameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return hostname === '' ? undefined : hostname.replace(/^\[(.*)\]$/, '$1');
}
