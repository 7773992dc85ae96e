/** What a client is told once, and what holds where it is told nothing. */

import type { CredentialSource } from './credentials.js';
import { type Fetch, fetchTransport, type HttpTransport, httpTransport } from './transport.js';
import type { RegistryWarning } from './warnings.js';

export interface RetryOptions {
  /** How often a request is sent at most; 5 without it. */
  readonly attempts?: number;
  /** The wait before the second try, which doubles from then on; 100 without it. */
  readonly baseMs?: number;
  /** No wait is longer. A server that asks for a longer one gets no other try: 30,000 without it. */
  readonly capMs?: number;
  /** From 0 up to 1; moves each wait by up to half, so that clients that failed together do not come again together. */
  readonly random?: () => number;
  /** Waits; fails when the signal does. */
  readonly sleep?: (waitMs: number, signal: AbortSignal) => Promise<void>;
}

export interface RegistryClientOptions {
  /** The platform's own without it. A registry of this process is spoken to through its `fetch`. */
  readonly fetch?: Fetch;
  /** Who one is; anonymous without it. */
  readonly credentials?: CredentialSource;
  /**
   * `auto`, the default: https, and http where the registry is on the loopback interface. `true`: http. `false`: https
   * everywhere.
   */
  readonly plainHttp?: 'auto' | boolean;
  /** False: certificates are not judged, and a registry that speaks no https is spoken to over http, as Docker does. */
  readonly verifyTls?: boolean;
  readonly retry?: RetryOptions;
  /** Blobs that are read at once, and as many that are written; 4 without it. */
  readonly concurrency?: number;
  /** A connection on which nothing moves for so long is given up; 120,000 without it. */
  readonly idleMs?: number;
  /** True: a layer that the registry lacks is read from the `urls` of its descriptor. Nothing leads there otherwise. */
  readonly followForeignUrls?: boolean;
  /** Told once of each thing that a registry warns of. */
  readonly onWarning?: (warning: RegistryWarning) => void;
  readonly userAgent?: string;
  /** Ends everything that the client does. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; the machine's clock without it. Tokens grow old by it. */
  readonly now?: () => number;
}

/** The options with everything filled in. */
export interface ClientSettings {
  readonly transport: HttpTransport;
  readonly credentials: CredentialSource;
  readonly plainHttp: 'auto' | boolean;
  readonly verifyTls: boolean;
  readonly retry: Required<RetryOptions>;
  readonly concurrency: number;
  readonly idleMs: number;
  readonly followForeignUrls: boolean;
  readonly onWarning: (warning: RegistryWarning) => void;
  readonly userAgent: string;
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
}

export function clientSettings(options: RegistryClientOptions): ClientSettings {
  const { retry = {} } = options;
  return {
    // Asked for at each call: a client may be made before the platform is loaded.
    transport: options.fetch === undefined ? (request) => httpTransport.get()(request) : fetchTransport(options.fetch),
    credentials: options.credentials ?? { lookup: async () => undefined },
    plainHttp: options.plainHttp ?? 'auto',
    verifyTls: options.verifyTls ?? true,
    retry: {
      attempts: retry.attempts ?? 5,
      baseMs: retry.baseMs ?? 100,
      capMs: retry.capMs ?? 30_000,
      random: retry.random ?? Math.random,
      sleep: retry.sleep ?? sleep,
    },
    concurrency: options.concurrency ?? 4,
    idleMs: options.idleMs ?? 120_000,
    followForeignUrls: options.followForeignUrls ?? false,
    onWarning: options.onWarning ?? (() => undefined),
    userAgent: options.userAgent ?? 'stratum',
    signal: options.signal,
    now: options.now ?? Date.now,
  };
}

function sleep(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, waitMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}
