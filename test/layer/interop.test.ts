import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { collectBytes } from '../../src/base/stream.js';
import { compressed, openCompressed } from '../../src/layer/compression.js';
import { Layer } from '../../src/layer/layer.js';
import { Snapshots } from '../../src/layer/snapshots.js';
import type { FileNode } from '../../src/tree/node.js';
import { requires } from '../kit/requires.js';
import { at, lines, text } from './layers.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratum-layer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the compressors of the system', () => {
  const bytes = utf8(Array.from({ length: 50_000 }, (_, i) => `line ${i * 7919}\n`).join(''));
  const run = (command: string, options: string[], input: Uint8Array) =>
    new Uint8Array(execFileSync(command, options, { input, maxBuffer: 1 << 26 }));
  const same = (a: Uint8Array, b: Uint8Array) => expect(Buffer.compare(a, b)).toBe(0);

  for (const [command, codec, levels] of [
    ['gzip', 'gzip', ['-1', '-9']],
    ['zstd', 'zstd', ['-1', '-19', '--no-check', '--fast=5']],
  ] as const) {
    const test = requires(command);
    for (const level of levels) {
      test(`${command} ${level} writes what we read`, async () => {
        const opened = await openCompressed(run(command, [level, '-c'], bytes));
        expect(opened.codec).toBe(codec);
        same(await collectBytes(opened.content), bytes);
      });
    }
    test(`${command} reads what we write`, async () => {
      same(run(command, ['-d', '-c'], await collectBytes(compressed(bytes, { codec }))), bytes);
    });
  }
});

describe('umoci', () => {
  requires('umoci', 'root')('writes layers that we merge as it does', async () => {
    const layout = join(folder, 'layout');
    const image = `${layout}:it`;
    const umoci = (...options: string[]) => execFileSync('umoci', options, { stdio: 'pipe' });
    const source = (name: string, files: Record<string, string>) => {
      const path = join(folder, name);
      mkdirSync(path);
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(join(path, file, '..'), { recursive: true });
        writeFileSync(join(path, file), content);
      }
      return path;
    };
    umoci('init', '--layout', layout);
    umoci('new', '--image', image);
    const base = source('base', { 'usr/bin/sh': 'shell', 'etc/one': '1', 'etc/two': '2', 'opt/x': 'x' });
    symlinkSync('usr/bin', join(base, 'bin'));
    umoci('insert', '--image', image, base, '/');
    umoci('insert', '--image', image, '--whiteout', '/etc/one');
    umoci('insert', '--image', image, '--opaque', source('opt', { y: 'y' }), '/opt');
    umoci('insert', '--image', image, join(source('tool', { tool: 'tool' }), 'tool'), '/bin/tool');

    const layers: Layer[] = [];
    for (const digest of layerDigests(layout)) layers.push(await Layer.fromTar(readFileSync(blob(layout, digest))));
    const tree = new Snapshots().merge(layers);
    umoci('unpack', '--image', image, join(folder, 'bundle'));
    const unpacked = readdirSync(join(folder, 'bundle/rootfs'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => !path.startsWith('bin/'),
    );
    expect(lines(tree).map((line) => line.split(' ')[1])).toEqual(expect.arrayContaining(unpacked));
    expect(lines(tree)).toHaveLength(unpacked.length);
    expect(text(at(tree, '/usr/bin/tool') as FileNode)).toBe('tool');
  });
});

interface Manifest {
  readonly layers: readonly { readonly digest: string }[];
}

function layerDigests(layout: string): string[] {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const manifest = JSON.parse(readFileSync(blob(layout, index.manifests[0]?.digest ?? ''), 'utf8')) as Manifest;
  return manifest.layers.map(({ digest }) => digest);
}

function blob(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}
