/** Registries that answer as a test wants, in this process. */

import { type Digest, parseDigest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import type { Repository } from '../../../src/registry/client/repository.js';
import type { RegistryClientOptions } from '../../../src/registry/client/settings.js';

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export type Answer = (request: SeenRequest, number: number) => Response | Promise<Response>;

export interface Scripted {
  readonly client: RegistryClient;
  readonly repository: Repository;
  /** What was asked, in order. */
  readonly seen: SeenRequest[];
  /** How long was waited, in order. */
  readonly waits: number[];
}

export const REGISTRY = 'registry.test';

/** A client of whatever answers, for the repository `app` of {@link REGISTRY}; waits take no time. */
export function scripted(answer: Answer, options: RegistryClientOptions = {}): Scripted {
  const seen: SeenRequest[] = [];
  const waits: number[] = [];
  const client = new RegistryClient({
    fetch: async (request) => {
      const body = request.body === null ? '' : await request.text();
      const one = { method: request.method, url: new URL(request.url), headers: request.headers, body };
      seen.push(one);
      return answer(one, seen.length);
    },
    ...options,
    retry: {
      random: () => 0.5,
      sleep: async (waitMs) => {
        waits.push(waitMs);
      },
      ...options.retry,
    },
  });
  return { client, repository: client.repository({ registry: REGISTRY, repository: 'app' }), seen, waits };
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export const json = (value: unknown, init: ResponseInit = {}): Response =>
  new Response(JSON.stringify(value), {
    ...init,
    headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
  });

export function refused(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return json({ errors: [{ code, message }] }, { status, headers });
}

/** A body without an end; counts what was taken of it. */
export function endless(chunk: Uint8Array = new Uint8Array(64 * 1024)): {
  readonly body: ReadableStream<Uint8Array>;
  readonly taken: () => number;
} {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += chunk.length;
      controller.enqueue(chunk);
    },
  });
  return { body, taken: () => taken };
}

/** A body that ends as if all had come, of no length that is told. */
export function whole(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** A body that breaks off after some chunks. */
export function cut(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next === undefined) controller.error(new TypeError('terminated'));
      else controller.enqueue(next);
    },
  });
}

export const ABSENT: Digest = digestOf(bytes('nobody has this'));
export const OTHER: Digest = parseDigest(`sha256:${'0'.repeat(64)}`);
