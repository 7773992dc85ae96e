/** Proxies as the environment names them: `HTTPS_PROXY`, `http_proxy`, `ALL_PROXY`, and `NO_PROXY` for who needs none. */

import { isLoopback } from '../../registry/client/endpoint.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL; `undefined` where it is gone to directly, as this machine always is. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  if (isLoopback(url.hostname) || isExcepted(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  // HTTP_PROXY in capitals can be set by whoever sends a header `Proxy` to a CGI program; curl does not read it either.
  const own = url.protocol === 'https:' ? (env['https_proxy'] ?? env['HTTPS_PROXY']) : env['http_proxy'];
  const text = own ?? env['all_proxy'] ?? env['ALL_PROXY'] ?? '';
  const spelled = text.includes('://') ? text : `http://${text}`;
  if (text === '' || !URL.canParse(spelled)) return undefined;
  const proxy = new URL(spelled);
  return proxy.protocol === 'http:' ? proxy : undefined;
}

/** `*`, hosts with all below them, with a port or without; as curl and Go read the list. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const actual = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list.split(/[\s,]+/).some((entry) => {
    const [, host = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (host === '*') return true;
    const name = host.replace(/^\*?\./, '');
    return name !== '' && (wanted ?? actual) === actual && (hostname === name || hostname.endsWith(`.${name}`));
  });
}

/** Who one is at the proxy, for it alone. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const name = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(name).toString('base64')}` };
}
