/**
 * The demo's own images, from files that are there after `npm ci`: this repository as a base, its installed packages
 * above, and two applications on top of both.
 */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { utf8 } from '../../base/bytes.js';
import type { Engine } from '../../engine/engine.js';
import type { TarHeader } from '../../tar/entry.js';
import { type TarMember, writeTar } from '../../tar/writer.js';
import { ContainerSide } from '../copy/container-side.js';
import { HostSide } from '../copy/host-side.js';
import { copyTree } from '../copy/tree-copy.js';

const BASE = 'demo/base:1';
const PACKAGES = 'demo/packages:1';
const APPS = ['demo/app:1', 'demo/tests:1'] as const;

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const BASE_FILES = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'package.json',
  'package-lock.json',
  'docs',
];

/** Files of the host and where they go in an image. */
interface Piece {
  readonly from: string;
  readonly to: string;
}

/** Builds the images into a store, each from the one below it: what `stratum import`, `create`, `cp` and `commit` do. */
export async function buildSample(engine: Engine): Promise<readonly string[]> {
  await engine.import(writeTar(baseMembers()), {
    ref: BASE,
    message: 'this repository',
    changes: { cmd: ['/bin/sh'] },
  });
  await extend(engine, BASE, { ref: PACKAGES, message: 'its installed packages' }, packages());
  const manifest = { from: 'package.json', to: '/app/package.json' };
  const [app, tests] = APPS;
  await extend(engine, PACKAGES, { ref: app, message: 'the sources' }, [manifest, { from: 'src', to: '/app/src' }]);
  await extend(engine, PACKAGES, { ref: tests, message: 'the tests' }, [manifest, { from: 'test', to: '/app/test' }]);
  // Their layers stay: the applications stand on them.
  for (const below of [PACKAGES, BASE]) await engine.rmi(below);
  return APPS;
}

/** One image on top of another, through a container that is thrown away. */
async function extend(
  engine: Engine,
  from: string,
  commit: { readonly ref: string; readonly message: string },
  pieces: readonly Piece[],
): Promise<void> {
  const container = await engine.create(from);
  const host = new HostSide();
  const inside = new ContainerSide(container.union.kernel);
  for (const { from: source, to: target } of pieces) {
    container.fs.mkdirSync(join(target, '..'), { recursive: true });
    await copyTree(host, inside, { source: join(REPOSITORY, source), target }, { keepOwner: false });
  }
  await container.commit(commit);
  await engine.rm(container.id);
}

/** The packages that the library itself needs. */
function packages(): Piece[] {
  const manifest: unknown = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  const names = Object.keys((manifest as { readonly dependencies: Readonly<Record<string, string>> }).dependencies);
  return names.map((name) => ({ from: `node_modules/${name}`, to: `/app/node_modules/${name}` }));
}

function* baseMembers(): Generator<TarMember, void, undefined> {
  for (const directory of ['etc', 'usr', 'usr/share', 'usr/share/doc', 'usr/share/doc/stratum']) {
    yield { header: header(directory, 'directory', 0) };
  }
  const release = utf8('NAME="Stratum demo"\nID=stratum-demo\n');
  yield { header: header('etc/os-release', 'file', release.length), body: [release] };
  for (const name of BASE_FILES) yield* hostMembers(join(REPOSITORY, name), `usr/share/doc/stratum/${name}`);
}

function* hostMembers(from: string, to: string): Generator<TarMember, void, undefined> {
  if (!existsSync(from)) return;
  if (statSync(from).isDirectory()) {
    yield { header: header(to, 'directory', 0) };
    for (const name of readdirSync(from).sort()) yield* hostMembers(join(from, name), `${to}/${name}`);
  } else {
    const bytes = readFileSync(from);
    yield { header: header(to, 'file', bytes.length), body: [bytes] };
  }
}

function header(path: string, type: 'file' | 'directory', size: number): TarHeader {
  const mode = type === 'file' ? 0o644 : 0o755;
  const none = { uid: 0, gid: 0, mtimeSec: 0, mtimeNsec: 0, linkname: '', devMajor: 0, devMinor: 0, xattrs: undefined };
  return { path, type, mode, size, ...none };
}
