/** https: connections that are kept, to registries and through proxies. */

import { type ClientRequestArgs, request } from 'node:http';
import { type AgentOptions, request as secureRequest, Agent as TlsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { proxyHeaders } from './proxy.js';

export { secureRequest };

const JUDGED = new TlsAgent({ keepAlive: true });
const UNJUDGED = new TlsAgent({ keepAlive: true, rejectUnauthorized: false });
const TUNNELS = new Map<string, TunnelAgent>();

/** The connections to registries, or those through a proxy; certificates are judged or not. */
export function secureAgent(proxy: URL | undefined, verifyTls: boolean): TlsAgent {
  if (proxy === undefined) return verifyTls ? JUDGED : UNJUDGED;
  const key = `${proxy.href} ${verifyTls}`;
  const known = TUNNELS.get(key) ?? new TunnelAgent(proxy, { keepAlive: true, rejectUnauthorized: verifyTls });
  TUNNELS.set(key, known);
  return known;
}

/** Connections for https through a tunnel (RFC 9110, section 9.3.6): the proxy sees where they go and nothing else. */
class TunnelAgent extends TlsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    // A callback that fails gets no stream, whatever its type says.
    const done = callback as (error: Error | null, stream?: Duplex) => void;
    const target = `${options.host}:${options.port}`;
    const tunnel = request({
      host: this.#proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.#proxy.port === '' ? 80 : this.#proxy.port,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyHeaders(this.#proxy) },
      agent: false,
    });
    tunnel.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return done(null, connectTls({ ...options, socket } as ConnectionOptions));
      socket.destroy();
      done(new Error(`the proxy ${this.#proxy.host} does not connect to ${target} (status ${statusCode})`));
    });
    tunnel.once('error', (cause) => done(new Error(`the proxy ${this.#proxy.host}: ${cause.message}`, { cause })));
    tunnel.end();
  }
}
