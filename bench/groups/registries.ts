/** Pulls and pushes as whole processes, and what registries serve. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type BenchContext, type Group, sized } from '../context.js';
import { layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { missingCommand, runProcess, stratumBin } from '../process.js';
import { type BigLayer, LayoutWriter, writeBigLayout } from '../rivals/oci-layout.js';
import {
  dockerRegistryMissing,
  type RunningRegistry,
  type StartRegistry,
  startDockerRegistry,
  startStratum,
} from '../rivals/registries.js';

const PULL = 'pull of a layer of 51 MB, whole process';
const PUSH = 'push of a layer of 51 MB, whole process';
const NOTHING = 'push with nothing to do, whole process';
const SERVED = 'a layer of 51 MB from a registry, with curl';
const TAKEN = 'a layer of 51 MB into a registry, with skopeo';
const RESIDENT = 'resident memory with a blob of 2 GB';

/** A tar of this size is a gzip layer of about 51 MB. */
const TAR_BYTES = 123_000_000;

export const registries: Group = {
  name: 'registries',
  about: 'Registries: pulling, pushing and serving, beside skopeo and docker-registry',
  run: async (context) => {
    const missing = dockerRegistryMissing() ?? missingCommand('skopeo') ?? missingCommand('curl');
    if (missing === undefined) {
      const layer = writeBigLayout(context.scratch, sized(context, TAR_BYTES, 4_000_000));
      await pulling(context, layer);
      await pushing(context, layer);
      await nothingToDo(context, layer);
      await serving(context, layer);
    } else {
      for (const bench of [PULL, PUSH, NOTHING, SERVED, TAKEN])
        context.skip({ bench, subject: 'all', reason: missing });
    }
    await residentMemory(context);
  },
};

async function pulling(context: BenchContext, layer: BigLayer): Promise<void> {
  await withRegistry(startDockerRegistry, context, async ({ host }) => {
    await skopeoPush(layer, `${host}/app:1`);
    const place = (): string => fs.mkdtempSync(path.join(context.scratch, 'pulled-'));
    const check = (_: unknown, root: string): void => expectLayer(root, layer);
    const dispose = (root: string): void => fs.rmSync(root, { recursive: true, force: true });
    await oneShot(
      PULL,
      [
        shot({
          subject: 'stratum pull',
          at: '',
          bytes: layer.compressedBytes,
          prepare: place,
          run: (root) => stratum(root, 'pull', '--quiet', `${host}/app:1`),
          check,
          dispose,
        }),
        shot({
          subject: 'skopeo copy',
          at: '',
          bytes: layer.compressedBytes,
          prepare: place,
          run: (root) => skopeo('--src-tls-verify=false', `docker://${host}/app:1`, `oci:${root}:app`),
          check,
          dispose,
        }),
      ],
      context,
    );
  });
}

/** Every push goes to a registry that has nothing. */
async function pushing(context: BenchContext, layer: BigLayer): Promise<void> {
  const root = await storeWith(context, layer);
  const shots = (
    [
      ['stratum push', (host: string) => pushNamed(root, host)],
      ['skopeo copy', (host: string) => skopeoPush(layer, `${host}/app:1`)],
    ] as const
  ).map(([subject, push]) =>
    shot({
      subject,
      at: '',
      bytes: layer.compressedBytes,
      prepare: async () => {
        const registry = await startDockerRegistry(context.scratch);
        await nameFor(root, registry.host);
        return registry;
      },
      run: ({ host }) => push(host),
      check: (_, { host }) => expectServed(host, layer),
      dispose: (registry) => registry.stop(),
    }),
  );
  await oneShot(PUSH, shots, context);
}

async function nothingToDo(context: BenchContext, layer: BigLayer): Promise<void> {
  const root = await storeWith(context, layer);
  await withRegistry(startDockerRegistry, context, async ({ host }) => {
    await nameFor(root, host);
    await pushNamed(root, host);
    const rounds: (readonly number[])[] = [];
    const shots: AnyShot[] = [
      ['stratum push', () => stratum(root, 'push', `${host}/bench:big`)] as const,
      ['node -e 0', () => runProcess(process.execPath, ['-e', '0'])] as const,
      ['skopeo copy', () => skopeoPush(layer, `${host}/bench:big`)] as const,
    ].map(([subject, run]) =>
      shot({
        subject,
        at: '',
        prepare: () => undefined,
        run: async () => (await run()).stdout,
        check: (stdout) => {
          if (subject === 'stratum push') expectEqual(stdout.includes('already exists'), true, 'a layer that is there');
        },
      }),
    );
    const record: BenchContext['record'] = (row) => {
      rounds.push(row.rounds);
      context.record(row);
    };
    await oneShot(NOTHING, shots, { ...context, record });
    const [push = [], node = []] = rounds;
    const work = push.map((took, round) => took - (node[round] ?? 0));
    context.record({
      bench: 'what that push does beyond the start of Node',
      subject: 'stratum push',
      at: '',
      unit: 'ns',
      rounds: work,
    });
  });
}

/** The same client against each server. */
async function serving(context: BenchContext, layer: BigLayer): Promise<void> {
  const servers: readonly (readonly [string, StartRegistry])[] = [
    ['stratum serve', startStratum],
    ['docker-registry', startDockerRegistry],
  ];
  const started: RunningRegistry[] = [];
  try {
    const downloads: AnyShot[] = [];
    for (const [subject, start] of servers) {
      const registry = await start(context.scratch);
      started.push(registry);
      await skopeoPush(layer, `${registry.host}/app:1`);
      downloads.push(
        shot({
          subject,
          at: '',
          bytes: layer.compressedBytes,
          prepare: () => undefined,
          run: () => curl(registry.host, layer),
          check: ({ stdout }) => expectEqual(Number(stdout), layer.compressedBytes, 'bytes'),
        }),
      );
    }
    await oneShot(SERVED, downloads, context);
  } finally {
    for (const registry of started) await registry.stop();
  }
  const uploads = servers.map(([subject, start]) =>
    shot({
      subject,
      at: '',
      bytes: layer.compressedBytes,
      prepare: () => start(context.scratch),
      run: ({ host }) => skopeoPush(layer, `${host}/app:1`),
      check: (_, { host }) => expectServed(host, layer),
      dispose: (registry) => registry.stop(),
    }),
  );
  await oneShot(TAKEN, uploads, context);
}

/** What the client held at the most while it pushed and pulled a large blob, and what the server held. */
async function residentMemory(context: BenchContext): Promise<void> {
  const size = sized(context, 2_000_000_000, 20_000_000);
  const layout = path.join(context.scratch, 'large');
  const writer = new LayoutWriter(layout);
  writer.image('large', [largeLayer(context, writer, size)]);
  writer.finish();
  await withRegistry(startStratum, context, async ({ host, pid }) => {
    const source = `oci:${layout}:large`;
    const push = await peakOf('copy', source, `docker://${host}/large:1`);
    const pulled = path.join(context.scratch, 'large-again');
    const pull = await peakOf('copy', `docker://${host}/large:1`, `oci:${pulled}:large`);
    fs.rmSync(pulled, { recursive: true, force: true });
    const rows: readonly (readonly [string, number])[] = [
      ['push', push],
      ['pull', pull],
      ['stratum serve', peakOfProcess(pid)],
    ];
    for (const [subject, bytes] of rows) {
      context.record({ bench: RESIDENT, subject, at: '', unit: 'bytes', rounds: [bytes] });
    }
  });
}

/** A tar that is no longer in memory when it is written: one file of bytes that do not compress. */
function largeLayer(context: BenchContext, writer: LayoutWriter, size: number): ReturnType<LayoutWriter['layer']> {
  const block = layerLikeBytes(16_000_000, 7);
  const file = path.join(context.scratch, 'large.bin');
  const hash = createHash('sha256');
  const out = fs.openSync(file, 'w');
  for (let at = 0; at < size; at += block.length) {
    const piece = block.subarray(0, Math.min(block.length, size - at));
    hash.update(piece);
    fs.writeSync(out, piece);
  }
  fs.closeSync(out);
  return writer.keep(file, { hex: hash.digest('hex'), size });
}

async function peakOf(...args: readonly string[]): Promise<number> {
  const root = fs.mkdtempSync(path.join(process.env['TMPDIR'] ?? '/tmp', 'peak-'));
  try {
    const script = 'process.on("exit", () => console.error("peak", process.resourceUsage().maxRSS))';
    const hook = `data:text/javascript,${encodeURIComponent(script)}`;
    const command = [process.execPath, '--import', hook, stratumBin(), '--root', root, ...args];
    const { stdout } = await runProcess('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command]);
    const [, kilobytes] = /^peak (\d+)$/m.exec(stdout) ?? [];
    if (kilobytes === undefined) throw new Error(`no peak told: ${stdout}`);
    return Number(kilobytes) * 1024;
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** Linux keeps the most that a process held (proc(5), VmHWM). */
function peakOfProcess(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function withRegistry(
  start: StartRegistry,
  context: BenchContext,
  work: (registry: RunningRegistry) => Promise<void>,
): Promise<void> {
  const registry = await start(context.scratch);
  try {
    await work(registry);
  } finally {
    await registry.stop();
  }
}

async function storeWith(context: BenchContext, layer: BigLayer): Promise<string> {
  const root = fs.mkdtempSync(path.join(context.scratch, 'store-'));
  await stratum(root, 'load', '--input', layer.layout);
  return root;
}

/** The image has another name in each registry, whose port is known late. */
async function nameFor(root: string, host: string): Promise<void> {
  await stratum(root, 'tag', 'localhost/bench:big', `${host}/bench:big`);
}

function pushNamed(root: string, host: string): ReturnType<typeof runProcess> {
  return stratum(root, 'push', '--quiet', `${host}/bench:big`);
}

function stratum(root: string, ...args: readonly string[]): ReturnType<typeof runProcess> {
  return runProcess(process.execPath, [stratumBin(), '--root', root, ...args]);
}

function skopeo(...args: readonly string[]): ReturnType<typeof runProcess> {
  return runProcess('skopeo', ['copy', '--quiet', '--insecure-policy', ...args]);
}

function skopeoPush(layer: BigLayer, name: string): ReturnType<typeof runProcess> {
  return skopeo('--dest-tls-verify=false', `oci:${layer.layout}:${layer.tag}`, `docker://${name}`);
}

function curl(host: string, layer: BigLayer): ReturnType<typeof runProcess> {
  const url = `http://${host}/v2/app/blobs/sha256:${path.basename(layer.blob)}`;
  return runProcess('curl', ['--silent', '--fail', '--output', '/dev/null', '--write-out', '%{size_download}', url]);
}

function expectLayer(root: string, layer: BigLayer): void {
  const { size } = fs.statSync(path.join(root, 'blobs/sha256', path.basename(layer.blob)));
  expectEqual(size, layer.compressedBytes, 'bytes of the layer');
}

async function expectServed(host: string, layer: BigLayer): Promise<void> {
  const digest = `sha256:${path.basename(layer.blob)}`;
  for (const repository of ['app', 'bench']) {
    const answer = await fetch(`http://${host}/v2/${repository}/blobs/${digest}`, { method: 'HEAD' });
    if (answer.status === 200)
      return expectEqual(Number(answer.headers.get('content-length')), layer.compressedBytes, 'bytes');
  }
  throw new Error(`${digest} is not in the registry`);
}
