/** Verbs on files: of containers, images and the learner's directory. */

import { utf8Text } from '../../../base/bytes.js';
import { StratumError } from '../../../base/error.js';
import type { Engine } from '../../../engine/engine.js';
import { UnionFs } from '../../../fs/union-fs.js';
import { isDirectory, isSymlink } from '../../../tree/node.js';
import { modeText, shortText, sizeText } from '../../text.js';
import { ownPath, parseOptions, usage } from '../command-line.js';
import type { Place, Verb } from '../place.js';
import { columns } from '../table.js';

/** The file system of a container, or else one over an image. */
async function filesOf(engine: Engine, name: string): Promise<UnionFs> {
  try {
    return (await engine.container(name)).union;
  } catch (error) {
    if (!(error instanceof StratumError) || error.code !== 'CONTAINER_UNKNOWN') throw error;
    return UnionFs.overTree((await engine.tree(name)).tree);
  }
}

export const ls: Verb = async (args, { engine, files, print }) => {
  const given = parseOptions('ls', args, {
    flags: { '-l': 'long', '-R': 'deep', '-a': 'all', '--origin': 'origin', '-d': 'directory' },
  });
  const [name, ...paths] = given.operands;
  if (name === undefined) {
    print(
      [...files.keys()]
        .sort()
        .map((path) => `${path}\n`)
        .join(''),
    );
    return;
  }
  const { kernel } = await filesOf(engine, name);
  const rows: string[][] = [];
  const list = (path: string, shown: string): void => {
    const inode = kernel.lstat(path);
    const link = isSymlink(inode) ? ` -> ${kernel.readlink(path)}` : '';
    rows.push([
      ...(given.flags.has('origin') ? [shortText(inode.origin.id)] : []),
      ...(given.flags.has('long')
        ? [modeText(inode.mode), `${inode.uid}:${inode.gid}`, sizeText(isDirectory(inode) ? 0 : kernel.sizeOf(inode))]
        : []),
      shown + link,
    ]);
  };
  const walk = (path: string): void => {
    for (const entry of kernel.readdirEntries(path)) {
      const below = path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
      list(below, given.flags.has('deep') ? below : entry.name);
      if (given.flags.has('deep') && isDirectory(kernel.lstat(below))) walk(below);
    }
  };
  for (const path of paths.length === 0 ? ['/'] : paths) {
    if (isDirectory(kernel.stat(path)) && !given.flags.has('directory')) walk(path);
    else list(path, path);
  }
  print(columns(rows[0]?.map(() => '') ?? [], rows).replace(/^\n/, ''));
};

export const cat: Verb = async (args, { engine, files, print }) => {
  const given = parseOptions('cat', args, { flags: { '--origin': 'origin' } });
  const [name = '', ...paths] = given.operands;
  if (paths.length === 0) {
    const own = files.get(name);
    if (own === undefined) throw usage('write: stratum cat CONTAINER PATH');
    print(utf8Text(own) ?? `${own.length} bytes that are no text\n`);
    return;
  }
  const union = await filesOf(engine, name);
  for (const path of paths) {
    if (given.flags.has('origin')) print(`${shortText(union.origin(path).id)}\n`);
    const bytes = union.kernel.readFile(path);
    print(utf8Text(bytes) ?? `${bytes.length} bytes that are no text\n`);
  }
};

const IN_CONTAINER = /^([A-Za-z0-9][\w.-]*):(.*)$/;

/** Files only, into and out of a container: what the lessons need of `docker cp`. */
export const cp: Verb = async (args, place) => {
  const [source = '', target = ''] = parseOptions('cp', args, { flags: { '-a': 'archive', '-L': 'follow' } }).operands;
  const bytes = await readOf(source, place);
  const name = source.slice(source.lastIndexOf('/') + 1);
  const [, container, path = ''] = IN_CONTAINER.exec(target) ?? [];
  if (container === undefined) {
    const isInto = target === '.' || target.endsWith('/');
    place.files.set(ownPath(isInto ? `${target.replace(/\/+$/, '')}/${name}` : target), bytes);
    return;
  }
  const { fs, kernel } = (await place.engine.container(container)).union;
  const found = kernel.find(path, true);
  const isInto = found === undefined ? path.endsWith('/') : isDirectory(found);
  fs.writeFileSync(isInto ? `${path.replace(/\/$/, '')}/${name}` : path, bytes);
};

async function readOf(source: string, { engine, files }: Place): Promise<Uint8Array> {
  const [, container, path = ''] = IN_CONTAINER.exec(source) ?? [];
  if (container !== undefined) return (await engine.container(container)).union.kernel.readFile(path).slice();
  const own = files.get(ownPath(source));
  if (own === undefined) throw usage(`there is no file ${source}`);
  return own;
}
