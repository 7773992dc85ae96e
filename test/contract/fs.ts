/** What any fs object must do as node:fs does: stories that run on both, and whose protocols must be equal. */

import type nodeFs from 'node:fs';

/** The part of node:fs that the stories use. */
export type FsUnderTest = Pick<typeof nodeFs, Extract<keyof typeof nodeFs, `${string}Sync`>> &
  Pick<typeof nodeFs, 'promises' | 'createReadStream' | 'createWriteStream' | 'constants' | 'Stats' | 'Dirent'>;

export type Face = 'sync' | 'callback' | 'promise';

/** Calls that are made in the face under test, by their name without `Sync`. */
export type Verb = Exclude<keyof typeof nodeFs.promises & string, 'constants' | 'watch'> | 'exists';

export interface Stage {
  readonly fs: FsUnderTest;
  readonly root: string;
  readonly face: Face;
  /** The path of a name under the root. */
  at(name: string): string;
  /** Makes a call in the face under test and writes its outcome into the protocol. */
  call(verb: Verb, ...args: unknown[]): Promise<unknown>;
  /** Runs anything and writes its outcome into the protocol. */
  note(label: string, step: () => unknown): Promise<unknown>;
}

export interface Story {
  readonly name: string;
  /** A story for these faces only; all three otherwise. */
  readonly faces?: readonly Face[];
  run(stage: Stage): unknown;
}

/** Runs a story in a directory that is there and empty; returns the protocol, with the tree that was left behind. */
export async function protocolOf(fs: FsUnderTest, root: string, face: Face, story: Story): Promise<unknown[]> {
  const lines: unknown[] = [];
  const note = async (label: string, step: () => unknown): Promise<unknown> => {
    try {
      const result = await step();
      lines.push([label, plain(result, root)]);
      return result;
    } catch (error) {
      lines.push([label, errorRow(error, root)]);
      return undefined;
    }
  };
  const at = (name: string): string => `${root}/${name}`;
  const call = (verb: Verb, ...args: unknown[]): Promise<unknown> =>
    note(`${verb} ${args.map((arg) => JSON.stringify(plain(arg, root)) ?? 'undefined').join(' ')}`, () =>
      callBy(fs, face, verb, args),
    );
  await story.run({ fs, root, face, at, call, note });
  lines.push(['tree', treeOf(fs, root, root)]);
  return lines;
}

/** Names that mkdtemp made up; stories give it this prefix. */
const TEMPORARY = /tmp-[A-Za-z0-9]{6}/;

type AnyCall = (...args: unknown[]) => unknown;

function callBy(fs: FsUnderTest, face: Face, verb: Verb, args: unknown[]): unknown {
  const table = fs as unknown as Record<string, AnyCall>;
  if (face === 'sync') return table[`${verb}Sync`]?.(...args);
  if (face === 'promise') return (fs.promises as unknown as Record<string, AnyCall>)[verb]?.(...args);
  return new Promise((resolve, reject) => {
    table[verb]?.(...args, (error: unknown, result: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
  });
}

/** An error as a row of the table that must be equal. */
export function errorRow(error: unknown, root: string): Record<string, unknown> {
  const row = error as Error & Record<string, unknown>;
  const fields = ['name', 'code', 'errno', 'syscall', 'path', 'dest', 'message'];
  return Object.fromEntries(
    fields.map((field) => [field, plain(row[field], root)]).filter(([, value]) => value !== undefined),
  );
}

/** A result without what may differ: the root, inode and device numbers, times, the order of names. */
export function plain(value: unknown, root: string): unknown {
  if (typeof value === 'string') return value.replaceAll(root, '<root>').replace(TEMPORARY, 'tmp-XXXXXX');
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('latin1')}:${Buffer.isBuffer(value)}`;
  if (Array.isArray(value)) return sorted(value.map((each) => plain(each, root)));
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}n` : value;
  if (isStats(value)) return statsRow(value);
  if ('parentPath' in value) return direntRow(value as nodeFs.Dirent, root);
  if (value instanceof URL || value instanceof Date) return plain(String(value), root);
  if ('fd' in value) return 'handle';
  if ('readSync' in value) return 'directory';
  // Each file system has figures of its own.
  if ('bavail' in value) return Object.keys(value).sort();
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, root)]));
}

function sorted(values: unknown[]): unknown[] {
  return values.every((each) => typeof each === 'string') ? values.sort() : values;
}

function isStats(value: object): value is nodeFs.Stats {
  return 'nlink' in value && 'blksize' in value;
}

function statsRow(stats: nodeFs.Stats): Record<string, unknown> {
  const isDirectory = stats.isDirectory();
  return {
    type: typesOf(stats),
    mode: `${stats.mode.toString(8)}`,
    owner: `${stats.uid}:${stats.gid}`,
    // Directories count differently from one file system to the next.
    nlink: isDirectory ? 'directory' : String(stats.nlink),
    size: isDirectory ? 'directory' : String(stats.size),
    inBigInts: typeof stats.ino === 'bigint',
    dates: [stats.atime, stats.mtime, stats.ctime, stats.birthtime].every((date) => date instanceof Date),
  };
}

function direntRow(entry: nodeFs.Dirent, root: string): string {
  return `${String(plain(entry.parentPath, root))}/${String(plain(entry.name, root))} ${typesOf(entry)}`;
}

function typesOf(entry: nodeFs.Stats | nodeFs.Dirent): string {
  const questions = [
    'isFile',
    'isDirectory',
    'isSymbolicLink',
    'isFIFO',
    'isSocket',
    'isBlockDevice',
    'isCharacterDevice',
  ] as const;
  return questions.filter((question) => entry[question]()).join();
}

/** Every path with type, mode, links and content. */
export function treeOf(fs: FsUnderTest, directory: string, root: string): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const name of fs.readdirSync(directory).sort()) {
    const path = `${directory}/${name}`;
    const stats = fs.lstatSync(path);
    tree[name] = { ...statsRow(stats), content: contentOf(fs, path, stats, root) };
  }
  return tree;
}

function contentOf(fs: FsUnderTest, path: string, stats: nodeFs.Stats, root: string): unknown {
  if (stats.isDirectory()) return treeOf(fs, path, root);
  if (stats.isSymbolicLink()) return plain(fs.readlinkSync(path), root);
  return stats.isFile() ? fs.readFileSync(path, 'latin1').slice(0, 200) : 'special';
}
