/** `ls`, `cat`: look into a container or an image, and see which layer each file comes from. */

import { posix } from 'node:path';
import type { Command } from 'commander';
import { isStratumError } from '../../base/error.js';
import { isDigest, shortId } from '../../digest/digest.js';
import type { Engine } from '../../engine/engine.js';
import type { UnionFs } from '../../fs/union-fs.js';
import { isDirectory, isSymlink, S_IFDIR, S_IFMT } from '../../tree/node.js';
import type { Kernel } from '../../union/kernel.js';
import { readChunks } from '../copy/container-side.js';
import { pathError } from '../copy/places.js';
import { withExamples } from '../help.js';
import { formatListing, type Row } from '../listing.js';
import { modeText } from '../mode-text.js';
import type { Session } from '../session.js';
import { alignColumns, NARROW } from '../table.js';
import type { VerbModule } from '../verbs.js';

interface ListFlags {
  readonly long?: boolean;
  readonly origin?: boolean;
  readonly recursive?: boolean;
  readonly directory?: boolean;
  readonly format?: string;
}

export const verbs: VerbModule['verbs'] = { ls, cat };

function ls(command: Command, session: Session): void {
  command
    .argument('<container|image>', 'name or id')
    .argument('[path...]', 'what to list', ['/'])
    .option('-l, --long', 'mode, links, owner, size and time')
    .option('-d, --directory', 'directories themselves, not what is in them')
    .option('-R, --recursive', 'with everything below')
    .option('--origin', 'the layer that each file comes from')
    .option('--format <format>', "'json', or a template such as '{{.Path}} {{.Origin}}'")
    .action(async (name: string, paths: readonly string[], flags: ListFlags) => {
      const union = await openUnion(await session.engine(), name, false);
      const files = paths.flatMap((path) => listed(union.kernel, absolute(path), flags));
      const rows = files.map(({ path, shown }) => fileRow(union, path, shown));
      await session.print(await formatFiles(rows, flags));
    });
  withExamples(command, [
    ['stratum ls debian /etc', 'names'],
    ['stratum ls -l --origin web /etc', 'with the layer that each comes from'],
    ["stratum ls -R --format '{{.Size}} {{.Path}}' debian /usr/lib", 'a whole directory, for a program'],
  ]);
}

function cat(command: Command, session: Session): void {
  command
    .argument('<container|image>', 'name or id')
    .argument('<path...>', 'files')
    .option('--origin', 'say on standard error which layer each file comes from')
    .action(async (name: string, paths: readonly string[], flags: { readonly origin?: boolean }) => {
      const union = await openUnion(await session.engine(), name, true);
      for (const path of paths.map(absolute)) {
        if (isDirectory(union.kernel.stat(path))) throw pathError('EISDIR', `is a directory: ${path}`);
        if (flags.origin) session.io.stderr.write(`${path}: ${originText(union, union.kernel.realpath(path))}\n`);
        for (const chunk of readChunks(union.kernel, path)) await session.print(chunk);
      }
    });
  withExamples(command, [
    ['stratum cat web /etc/os-release', 'the file as a process in the container would see it'],
    ['stratum cat --origin web /etc/os-release', 'and where it comes from'],
  ]);
}

/** A container's file system as it stands, or an image's; a container goes first, as in `inspect`. */
async function openUnion(engine: Engine, name: string, content: boolean): Promise<UnionFs> {
  try {
    return (await engine.container(name, { content })).union;
  } catch (error) {
    if (!isStratumError(error, 'CONTAINER_UNKNOWN')) throw error;
  }
  const { UnionFs } = await import('../../fs/union-fs.js');
  return UnionFs.overTree((await engine.tree(name)).tree);
}

interface Listed {
  readonly path: string;
  /** As it is printed: relative to the directory that was asked for. */
  readonly shown: string;
}

function listed(kernel: Kernel, path: string, flags: ListFlags): Listed[] {
  const inode = kernel.lstat(path);
  const isListed = isDirectory(inode) || (isSymlink(inode) && !flags.long && isDirectory(kernel.stat(path)));
  if (!isListed || flags.directory) return [{ path, shown: path }];
  return below(kernel, path, '', flags.recursive === true);
}

function below(kernel: Kernel, directory: string, prefix: string, recursive: boolean): Listed[] {
  return kernel.readdirEntries(directory).flatMap(({ name, mode }) => {
    const found = { path: posix.join(directory, name), shown: prefix + name };
    if (!recursive || (mode & S_IFMT) !== S_IFDIR) return [found];
    return [found, ...below(kernel, found.path, `${found.shown}/`, recursive)];
  });
}

function fileRow(union: UnionFs, path: string, shown: string): Row {
  const { kernel } = union;
  const inode = kernel.lstat(path);
  return {
    Name: shown,
    Path: path,
    Mode: modeText(inode),
    Links: kernel.linksOf(inode),
    Uid: inode.uid,
    Gid: inode.gid,
    Size: kernel.sizeOf(inode),
    Modified: new Date(inode.mtimeSec * 1000).toISOString().slice(0, 19).concat('Z'),
    Target: isSymlink(inode) ? kernel.readlink(path) : '',
    Origin: originText(union, path),
  };
}

async function formatFiles(rows: readonly Row[], flags: ListFlags): Promise<string> {
  if (flags.format !== undefined) {
    return formatListing({ headings: {}, columns: ['Name'], rows }, { format: flags.format });
  }
  const name = (row: Row): string => String(row['Name']) + (flags.long && row['Target'] ? ` -> ${row['Target']}` : '');
  const long = ['Mode', 'Links', 'Uid', 'Gid', 'Size', 'Modified'];
  const fields = [...(flags.long ? long : []), ...(flags.origin ? ['Origin'] : [])];
  return alignColumns(
    rows.map((row) => [...fields.map((field) => String(row[field])), name(row)]),
    NARROW,
  );
}

/** A layer's short id, or the name of what is not a layer: the container's own upper. */
function originText(union: UnionFs, path: string): string {
  const { id } = union.origin(path);
  return isDigest(id) ? shortId(id) : id;
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
