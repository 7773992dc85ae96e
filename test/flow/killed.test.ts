/**
 * Processes that are killed while they pull or push: what they leave is whole, and the next one moves only what was
 * missing. STRATUM_KILLS says how many are killed of each kind, STRATUM_SEED where.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectBytes } from '../../src/base/stream.js';
import { MemoryBlobs } from '../../src/blob/memory.js';
import { Engine } from '../../src/index.js';
import { type HttpServer, serveHttp } from '../../src/node/registry/http-server.js';
import { createRegistry, type Registry } from '../../src/registry/server/registry.js';
import { contextOf } from '../build/kit.js';

const KILLS = Number(process.env['STRATUM_KILLS'] ?? 5);
const SEED = Number(process.env['STRATUM_SEED'] ?? Date.now() % 1_000_000);
const PROGRAM = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));
/** Layers of the image, all different, and their bytes. */
const LAYERS = 6;
const LAYER_BYTES = 400_000;
/** Bodies pass in pieces of this size, each of them a moment at which a process may be killed. */
const PIECE_BYTES = 64 * 1024;
/** A transfer has fewer moments, so that some processes are left to finish. */
const MOMENTS = 90;
/** So many that some must have hit the middle of a transfer. */
const MANY = 50;
const TIMEOUT_MS = 60_000 + KILLS * 3000;

/** Numbers from 0 up to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = randomFrom(SEED);

/** A registry on a socket that lets its user kill whoever speaks to it at a chosen moment. */
class KillingRegistry {
  blobs: MemoryBlobs = new MemoryBlobs();
  asked: string[] = [];
  #registry: Registry = createRegistry({ blobs: this.blobs });
  #server: HttpServer | undefined;
  #left = Number.POSITIVE_INFINITY;
  #kill: () => void = () => {};

  get host(): string {
    return `127.0.0.1:${this.#server?.port}`;
  }

  async start(): Promise<void> {
    this.#server = await serveHttp({ fetch: (request) => this.#answer(request) });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  /** Forgets everything that was pushed. */
  clear(): void {
    this.blobs = new MemoryBlobs();
    this.#registry = createRegistry({ blobs: this.blobs });
  }

  after(moments: number, kill: () => void): void {
    this.asked = [];
    this.#left = moments;
    this.#kill = kill;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    this.asked.push(`${request.method} ${pathname}${decodeURIComponent(search)}`);
    this.#pass();
    const { method, headers, body } = request;
    const watched = body === null ? {} : ({ body: this.#watched(body), duplex: 'half' } as RequestInit);
    const answer = await this.#registry.fetch(new Request(request.url, { method, headers, ...watched }));
    return answer.body === null ? answer : new Response(this.#watched(answer.body), answer);
  }

  #watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this.#pieces(body);
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return(undefined)),
    });
  }

  async *#pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        this.#pass();
        await delay(1);
        yield new Uint8Array(chunk.subarray(at, at + PIECE_BYTES));
      }
    }
    return undefined;
  }

  #pass(): void {
    if (this.#left-- === 0) setTimeout(this.#kill, random() * 4);
  }
}

const registry = new KillingRegistry();
let scratch = '';
let seeded = '';

const storedIn = (root: string): string[] => {
  const folder = join(root, 'blobs/sha256');
  return existsSync(folder) ? readdirSync(folder).map((name) => `sha256:${name}`) : [];
};

/** Runs the command line, killed at the chosen moment; true when it was. */
async function isKilled(args: readonly string[], moments: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  registry.after(moments, () => child.kill('SIGKILL'));
  const [code, signal] = await once(child, 'close');
  if (signal === null) expect([code, complaint]).toEqual([0, '']);
  return signal === 'SIGKILL';
}

/** A lock of the dead is broken when it has not been touched for a while: as if that had passed. */
function ageLocks(root: string): void {
  for (const name of readdirSync(root)) if (name.endsWith('.lock')) utimesSync(join(root, name), 0, 0);
}

async function expectWhole(root: string): Promise<void> {
  if (!existsSync(root)) return;
  for (const digest of storedIn(root)) {
    const bytes = readFileSync(join(root, 'blobs/sha256', digest.slice('sha256:'.length)));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
  }
  const findings = await (await Engine.open({ root })).fsck();
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  ageLocks(root);
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'stratum-killed-'));
  seeded = join(scratch, 'seeded');
  await registry.start();
  const noise = randomFrom(1);
  const content = (): string =>
    Buffer.from(Array.from({ length: LAYER_BYTES }, () => noise() * 256)).toString('latin1');
  const files = Object.fromEntries(Array.from({ length: LAYERS }, (_, at) => [`file-${at}`, content()]));
  const engine = await Engine.open({ root: seeded });
  await engine.build({
    context: contextOf(files),
    dockerfile: `FROM scratch\n${Object.keys(files)
      .map((name) => `COPY ${name} /${name}\n`)
      .join('')}`,
    tags: [`${registry.host}/app:1`],
  });
  await engine.close();
}, 60_000);

afterAll(async () => {
  await registry.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe(`killed ${KILLS} times at random (seed ${SEED})`, () => {
  test(
    'a pull leaves a whole store, and the next fetches only what was missing',
    async () => {
      registry.clear();
      expect(await isKilled(['--root', seeded, 'push', `${registry.host}/app:1`], Number.POSITIVE_INFINITY)).toBe(
        false,
      );
      const all = storedIn(seeded).sort();
      let [kills, tries, partial] = [0, 0, 0];
      for (let root = join(scratch, 'pull-0'); kills < KILLS; tries++) {
        const before = storedIn(root);
        const killed = await isKilled(
          ['--root', root, 'pull', `${registry.host}/app:1`],
          Math.floor(random() * MOMENTS),
        );
        const fetched = registry.asked.flatMap((line) => /^GET .*\/blobs\/(sha256:\w+)$/.exec(line)?.[1] ?? []);
        expect(fetched.filter((digest) => before.includes(digest))).toEqual([]);
        await expectWhole(root);
        const stored = storedIn(root).length;
        if (killed && stored > before.length && stored < all.length) partial++;
        if (killed) kills++;
        else {
          expect(storedIn(root).sort()).toEqual(all);
          rmSync(root, { recursive: true });
          root = join(scratch, `pull-${tries + 1}`);
        }
      }
      // A kill before anything moved, or after everything, would show little.
      if (KILLS >= MANY) expect(partial).toBeGreaterThan(KILLS / 10);
    },
    TIMEOUT_MS,
  );

  test(
    'a push leaves a whole registry, and the next sends only what was missing',
    async () => {
      registry.clear();
      const all = storedIn(seeded).sort();
      for (let kills = 0; kills < KILLS; ) {
        const before = await served();
        const killed = await isKilled(
          ['--root', seeded, 'push', `${registry.host}/app:1`],
          Math.floor(random() * MOMENTS),
        );
        const sent = registry.asked.flatMap((line) => /^PUT .*[?&]digest=(sha256:\w+)/.exec(line)?.[1] ?? []);
        expect(sent.filter((digest) => before.includes(digest))).toEqual([]);
        await expectWhole(seeded);
        const after = await served();
        const tag = await fetch(`http://${registry.host}/v2/app/manifests/1`, { method: 'HEAD' });
        if (tag.status === 200) expect(after).toEqual(all);
        if (killed) kills++;
        else {
          expect(tag.status).toBe(200);
          registry.clear();
        }
      }
    },
    TIMEOUT_MS,
  );
});

/** The digests that the registry has, each held against its content. */
async function served(): Promise<string[]> {
  const digests: string[] = [];
  for await (const { digest } of registry.blobs.list()) {
    const bytes = await collectBytes(registry.blobs.get(digest));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
    digests.push(digest);
  }
  return digests.sort();
}
