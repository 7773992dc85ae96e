/** The objects that can be put in the place of `fs`: Node's own, memfs's and ours, each with the files that a test needs. */

import nodeFs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createFs } from '../../../src/fs/create-fs.js';
import { fileStreams } from '../../../src/fs/streams-port.js';
import { UnionFs } from '../../../src/fs/union-fs.js';
import { nodeStreams } from '../../../src/node/streams.js';

type NodeFs = typeof nodeFs;

/** Folders of fixtures that a test about files uses; the others are many megabytes. */
const FIXTURES = ['copy', 'cycles', 'keys', 'nested-index'];

/** The subject by its name; in memory it has the test, `test/common` and fixtures under the paths that they really have. */
export function subjectOf(name: string, root: string, file: string): NodeFs {
  if (name === 'node') return nodeFs;
  if (name === 'none') return none();
  if (name !== 'memfs' && name !== 'stratum') throw new Error(`no such subject: ${name}`);
  const fs = name === 'memfs' ? memfs() : stratum();
  for (const folder of ['/tmp', '/dev', root, process.cwd()]) fs.mkdirSync(folder, { recursive: true });
  copyFiles(fs, join(root, 'common'));
  copyFiles(fs, join(root, 'fixtures'));
  for (const folder of FIXTURES)
    nodeFs.existsSync(join(root, 'fixtures', folder)) && copyTree(fs, join(root, 'fixtures', folder));
  copyHead(fs, process.execPath);
  copyHead(fs, '/proc/sys/kernel/hostname');
  fs.mkdirSync(dirname(file), { recursive: true });
  fs.writeFileSync(file, nodeFs.readFileSync(file));
  stayIn(fs);
  return fs;
}

/** No file system: a file that passes with this asks nothing of one. */
function none(): NodeFs {
  const refuse = (): never => {
    throw new Error('there is no file system');
  };
  const refusing = (calls: object): object =>
    Object.fromEntries(Object.entries(calls).map(([key, call]) => [key, typeof call === 'function' ? refuse : call]));
  // What all tests load asks whether the test is there, and goes on when it is not.
  return { ...refusing(nodeFs), promises: refusing(nodeFs.promises), existsSync: () => false } as unknown as NodeFs;
}

/** What memfs leaves in the global scope is taken out: a test of Node fails where it finds such things. */
function memfs(): NodeFs {
  const before = new Set(Object.keys(globalThis));
  const { createFsFromVolume, Volume } = require('memfs') as typeof import('memfs');
  for (const key of Object.keys(globalThis)) if (!before.has(key)) Reflect.deleteProperty(globalThis, key);
  return createFsFromVolume(new Volume()) as unknown as NodeFs;
}

/** A view with the rights of this process; `process.umask` is the view's too. */
function stratum(): NodeFs {
  fileStreams.install(nodeStreams);
  const who = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    get umask(): number {
      return process.umask();
    },
  };
  return createFs(UnionFs.over([]).view.kernelAs(who), { cwd: () => process.cwd() }) as unknown as NodeFs;
}

/** The process changes its directory within the subject only. */
function stayIn(fs: NodeFs): void {
  let current = process.cwd();
  process.cwd = () => current;
  process.chdir = (directory) => {
    current = fs.realpathSync(resolve(current, directory));
  };
}

/** A file of the machine that tests read, in so far as they care for it. */
function copyHead(fs: NodeFs, path: string): void {
  const head = Buffer.alloc(65536);
  const fd = nodeFs.openSync(path, 'r');
  const size = nodeFs.readSync(fd, head);
  nodeFs.closeSync(fd);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, head.subarray(0, size));
}

function copyFiles(fs: NodeFs, folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const entry of nodeFs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) fs.writeFileSync(join(folder, entry.name), nodeFs.readFileSync(join(folder, entry.name)));
  }
}

function copyTree(fs: NodeFs, folder: string): void {
  copyFiles(fs, folder);
  for (const entry of nodeFs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) copyTree(fs, path);
    if (entry.isSymbolicLink()) fs.symlinkSync(nodeFs.readlinkSync(path), path);
  }
}
