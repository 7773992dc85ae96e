/** One request and its answer, watched: it ends when a signal says so, or when nothing moves any more. */

import { StratumError } from '../../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../../base/stream.js';
import type { RegistryAnswer } from './call.js';
import type { ClientSettings } from './settings.js';
import type { HttpAnswer, HttpBody, HttpMethod } from './transport.js';

export interface TransferRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal: AbortSignal | undefined;
}

/** A connection that failed: another try may do better. */
export class TransferError extends StratumError {
  constructor(what: string, cause?: unknown) {
    super('REGISTRY_UNREACHABLE', what, { cause });
  }
}

/** A rest that is not longer is read, which keeps the connection; one that is longer costs more than another one. */
const REST_LIMIT_BYTES = 64 * 1024;

/**
 * Sends one request. Fails with a {@link TransferError}, or with the reason of the signal that ended it; so does the body.
 */
export async function transfer(settings: ClientSettings, request: TransferRequest): Promise<RegistryAnswer> {
  const { method, url, body, signal } = request;
  const watch = new Watch(url, settings.idleMs, [signal, settings.signal]);
  try {
    const answer = await settings.transport({
      method,
      url: url.href,
      headers: { 'user-agent': settings.userAgent, 'accept-encoding': 'identity', ...request.headers },
      ...(body === undefined ? {} : { body: { size: body.size, open: () => watch.passing(body.open()) } }),
      verifyTls: settings.verifyTls,
      signal: watch.signal,
    });
    watch.touch();
    return await watchedAnswer(answer, watch, method);
  } catch (error) {
    throw watch.end(error);
  }
}

async function watchedAnswer(answer: HttpAnswer, watch: Watch, method: HttpMethod): Promise<RegistryAnswer> {
  const header = (name: string): string | undefined => answer.header(name);
  const hasBody = method !== 'HEAD' && answer.status !== 204 && header('content-length') !== '0';
  const body = hasBody ? watch.reading(answer.body) : byteStream([]);
  // The connection is free for the next request when even nothing was read to its end.
  if (!hasBody) for await (const _ of watch.reading(answer.body)) break;
  const discard = async (): Promise<void> => {
    if (!hasBody) return;
    // The length of an answer without a range is sometimes that of the blob, and nothing of it comes.
    if (answer.status === 416 || Number(header('content-length') ?? 0) > REST_LIMIT_BYTES) return watch.drop();
    let size = 0;
    try {
      for await (const chunk of body) {
        size += chunk.length;
        if (size > REST_LIMIT_BYTES) break;
      }
    } catch {
      // Nobody wants it: how it ends does not matter.
    }
  };
  return { status: answer.status, header, body, discard, url: watch.url.href };
}

/** The life of a request: until its body was read, or somebody ends it. */
class Watch {
  readonly url: URL;
  readonly #life: AbortController = new AbortController();
  readonly #outer: readonly AbortSignal[];
  readonly #idleMs: number;
  readonly #stop: () => void = () => this.#life.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #movedAt: number = performance.now();
  #sourceError: { readonly error: unknown } | undefined;

  constructor(url: URL, idleMs: number, signals: readonly (AbortSignal | undefined)[]) {
    this.url = url;
    this.#idleMs = idleMs;
    this.#outer = signals.filter((signal) => signal !== undefined);
    for (const signal of this.#outer) {
      signal.throwIfAborted();
      signal.addEventListener('abort', this.#stop, { once: true });
    }
    this.#look(idleMs);
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Something moved. The timer is left to run, and looks when it is due: that costs nothing for each chunk. */
  touch(): void {
    this.#movedAt = performance.now();
  }

  /** Content on its way out. What fails in it is not the connection's failure. */
  passing(source: ByteSource): ByteSource {
    return source instanceof Uint8Array ? source : this.#outgoing(byteStream(source));
  }

  async *#outgoing(source: ByteStream): ByteStream {
    try {
      this.#rest();
      for await (const chunk of source) {
        this.touch();
        yield chunk;
        this.#rest();
      }
      this.touch();
    } catch (error) {
      this.#sourceError = { error };
      throw error;
    }
  }

  /** Content on its way in, with which the request ends. */
  async *reading(source: ByteStream): ByteStream {
    let isWhole = false;
    try {
      for await (const chunk of source) {
        this.#rest();
        yield chunk;
        this.touch();
      }
      isWhole = true;
    } catch (error) {
      throw this.end(error);
    } finally {
      if (isWhole) this.end();
      else this.drop();
    }
  }

  /** Ends a request of which nothing more is wanted. */
  drop(): void {
    this.#life.abort();
    this.end();
  }

  /** Lets go of signals and timer; gives what an error of the platform comes to. */
  end(error?: unknown): unknown {
    clearTimeout(this.#timer);
    for (const signal of this.#outer) signal.removeEventListener('abort', this.#stop);
    const ended = this.#outer.find(({ aborted }) => aborted);
    if (ended !== undefined) return ended.reason;
    if (this.#sourceError !== undefined) return this.#sourceError.error;
    if (error instanceof StratumError) return error;
    const why = this.#life.signal.aborted ? `nothing moved for ${this.#idleMs / 1000} s` : reasonOf(error);
    return new TransferError(`cannot reach ${this.url.host}: ${why}`, error);
  }

  /** It is for others to move: who reads or writes may take their time. */
  #rest(): void {
    this.#movedAt = Number.POSITIVE_INFINITY;
  }

  #look(waitMs: number): void {
    this.#timer = setTimeout(() => {
      const restMs = this.#movedAt + this.#idleMs - performance.now();
      if (restMs <= 0) this.#life.abort();
      else this.#look(Math.min(restMs, this.#idleMs));
    }, waitMs);
  }
}

/** What lies below "fetch failed": the innermost cause says it best. */
function reasonOf(error: unknown): string {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause instanceof Error; depth++) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const code = (inner as { code?: unknown }).code;
  return inner.message === '' && typeof code === 'string' ? code : inner.message;
}
