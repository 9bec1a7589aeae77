import type { IncomingMessage } from 'node:http';

/**
 * Whether a browser page may open a socket: a browser sends its page's origin with the upgrade, and no CORS check
 * stands before it. Programs send none. Pages of this server always may; `*` allows any.
 */
export function mayConnect({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
