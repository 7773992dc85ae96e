/**
 * A few calls for any fs object (memfs has them too), under any directory of it, in random order. The whole of Node's API,
 * for the kernel's file systems beside ours, is in differential/operations.ts.
 */

import fc from 'fast-check';

/** The calls that the sequences are made of; `node:fs` and ours both have them. */
export interface SomeFs {
  writeFileSync(path: string, data: string, options?: { flag: string }): void;
  appendFileSync(path: string, data: string): void;
  truncateSync(path: string, length: number): void;
  mkdirSync(path: string): unknown;
  rmdirSync(path: string): void;
  unlinkSync(path: string): void;
  renameSync(from: string, to: string): void;
  linkSync(from: string, to: string): void;
  symlinkSync(target: string, path: string): void;
  chmodSync(path: string, mode: number): void;
  readFileSync(path: string, encoding: 'utf8'): string;
  readdirSync(path: string): string[];
  readlinkSync(path: string): string;
  lstatSync(path: string): { mode: number; size: number; nlink: number; dev: number; ino: number };
  existsSync(path: string): boolean;
}

export type Operation = readonly [call: string, ...args: (string | number)[]];

const NAMES = ['a', 'b', 'c'];
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);
const target = fc.oneof(
  path.map((absolute) => absolute.slice(1)),
  fc.constant('..'),
  fc.constant('b'),
);

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constant('write'), path, fc.constantFrom('x', 'longer text')),
  fc.tuple(fc.constant('append'), path, fc.constantFrom('y', 'more')),
  fc.tuple(fc.constant('create'), path),
  fc.tuple(fc.constant('truncate'), path, fc.constantFrom(0, 2, 20)),
  fc.tuple(fc.constant('mkdir'), path),
  fc.tuple(fc.constant('rmdir'), path),
  fc.tuple(fc.constant('unlink'), path),
  fc.tuple(fc.constant('rename'), path, path),
  fc.tuple(fc.constant('rename'), path, path),
  fc.tuple(fc.constant('link'), path, path),
  fc.tuple(fc.constant('symlink'), target, path),
  fc.tuple(fc.constant('chmod'), path, fc.constantFrom(0o600, 0o755, 0o4711)),
  fc.tuple(fc.constant('read'), path),
);

/** Does one call below `root`; the answer, or the code of the error. */
export function perform(fs: SomeFs, root: string, [call, ...args]: Operation): string {
  const at = (index: number): string => `${root}${String(args[index])}`;
  try {
    switch (call) {
      case 'write':
        return String(fs.writeFileSync(at(0), String(args[1])));
      case 'append':
        return String(fs.appendFileSync(at(0), String(args[1])));
      case 'create':
        return String(fs.writeFileSync(at(0), '', { flag: 'wx' }));
      case 'truncate':
        return String(fs.truncateSync(at(0), Number(args[1])));
      case 'mkdir':
        fs.mkdirSync(at(0));
        return 'made';
      case 'rmdir':
        return String(fs.rmdirSync(at(0)));
      case 'unlink':
        return String(fs.unlinkSync(at(0)));
      case 'rename':
        return String(fs.renameSync(at(0), at(1)));
      case 'link':
        return String(fs.linkSync(at(0), at(1)));
      case 'symlink':
        return String(fs.symlinkSync(String(args[0]), at(1)));
      case 'chmod':
        return String(fs.chmodSync(at(0), Number(args[1])));
      default:
        return fs.readFileSync(at(0), 'utf8');
    }
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Every path with type, mode, links, content; inodes by the first name they have. */
export function listing(fs: SomeFs, root: string): string[] {
  const lines: string[] = [];
  const first = new Map<string, string>();
  const visit = (below: string): void => {
    for (const name of fs.readdirSync(`${root}${below}` || '/').sort()) {
      const file = `${below}/${name}`;
      const { mode, nlink, dev, ino } = fs.lstatSync(`${root}${file}`);
      const type = mode & 0o170000;
      if (type === 0o040000) {
        lines.push(`${file} ${mode.toString(8)}`);
        visit(file);
        continue;
      }
      const same = first.get(`${dev}:${ino}`) ?? file;
      first.set(`${dev}:${ino}`, same);
      const content = type === 0o120000 ? fs.readlinkSync(`${root}${file}`) : fs.readFileSync(`${root}${file}`, 'utf8');
      lines.push(`${file} ${mode.toString(8)} links ${nlink} of ${same} ${JSON.stringify(content)}`);
    }
  };
  visit('');
  return lines;
}

/** What the lower layers hold, made by the same calls: directories, hard links, symlinks, a full and an empty tree. */
export const LOWER: readonly Operation[] = [
  ['mkdir', '/a'],
  ['write', '/a/a', 'lower a'],
  ['mkdir', '/a/b'],
  ['write', '/a/b/c', 'lower c'],
  ['link', '/a/a', '/a/c'],
  ['mkdir', '/b'],
  ['symlink', '../a/b', '/b/a'],
  ['symlink', 'nowhere', '/b/b'],
  ['write', '/c', 'lower top'],
];
