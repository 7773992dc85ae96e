/** What happens to a directory and to what is in it, step by step, for those who watch. */

import type { FsUnderTest } from './fs.js';

export interface WatchStory {
  readonly name: string;
  /** Makes what is there before. */
  furnish?(fs: FsUnderTest, at: (name: string) => string): void;
  /** Paths under the root that are watched. */
  readonly watch: readonly string[];
  /** Each step is a turn of its own. */
  readonly steps: Readonly<Record<string, (fs: FsUnderTest, at: (name: string) => string) => void>>;
}

const open = (fs: FsUnderTest, path: string, flags: string): number => fs.openSync(path, flags);

function furnish(fs: FsUnderTest, at: (name: string) => string): void {
  for (const name of ['top', 'top/sub', 'other']) fs.mkdirSync(at(name));
  for (const name of ['top/file', 'top/two', 'top/sub/deep', 'other/far']) fs.writeFileSync(at(name), name);
}

const files: WatchStory['steps'] = {
  create: (fs, at) => fs.closeSync(open(fs, at('top/new'), 'w')),
  'create and write': (fs, at) => fs.writeFileSync(at('top/written'), 'text'),
  write: (fs, at) => fs.writeFileSync(at('top/file'), 'other text'),
  'write nothing': (fs, at) => fs.appendFileSync(at('top/file'), ''),
  'write twice': (fs, at) => {
    fs.appendFileSync(at('top/file'), 'a');
    fs.appendFileSync(at('top/file'), 'b');
  },
  'write two by turns': (fs, at) => {
    for (const name of ['top/file', 'top/two', 'top/file']) fs.appendFileSync(at(name), 'a');
  },
  truncate: (fs, at) => fs.truncateSync(at('top/file'), 2),
  chmod: (fs, at) => fs.chmodSync(at('top/file'), 0o600),
  chown: (fs, at) => fs.chownSync(at('top/file'), process.getuid?.() ?? 0, process.getgid?.() ?? 0),
  utimes: (fs, at) => fs.utimesSync(at('top/file'), 1, 1),
  'chmod and write': (fs, at) => {
    fs.chmodSync(at('top/file'), 0o644);
    fs.appendFileSync(at('top/file'), 'c');
  },
  symlink: (fs, at) => fs.symlinkSync('file', at('top/link')),
  'write through a symlink': (fs, at) => fs.appendFileSync(at('top/link'), 'd'),
  link: (fs, at) => fs.linkSync(at('top/file'), at('top/hard')),
  'write through a hard link': (fs, at) => fs.appendFileSync(at('top/hard'), 'e'),
  'unlink one of two names': (fs, at) => fs.unlinkSync(at('top/hard')),
  'rename within': (fs, at) => fs.renameSync(at('top/file'), at('top/renamed')),
  'rename out': (fs, at) => fs.renameSync(at('top/new'), at('other/new')),
  'rename in': (fs, at) => fs.renameSync(at('other/far'), at('top/far')),
  'rename over': (fs, at) => fs.renameSync(at('top/far'), at('top/two')),
  unlink: (fs, at) => fs.unlinkSync(at('top/renamed')),
  'make it again': (fs, at) => fs.writeFileSync(at('top/file'), 'again'),
  look: (fs, at) => {
    fs.readFileSync(at('top/file'));
    fs.readdirSync(at('top'));
    fs.statSync(at('top/file'));
  },
};

const directories: WatchStory['steps'] = {
  mkdir: (fs, at) => fs.mkdirSync(at('top/made')),
  'create in a directory below': (fs, at) => fs.writeFileSync(at('top/sub/x'), 'x'),
  'chmod a directory below': (fs, at) => fs.chmodSync(at('top/sub'), 0o700),
  'chmod the directory': (fs, at) => fs.chmodSync(at('top'), 0o700),
  'rename a directory': (fs, at) => fs.renameSync(at('top/sub'), at('top/sub2')),
  'write in it': (fs, at) => fs.writeFileSync(at('top/sub2/x'), 'y'),
  'move the watched directory': (fs, at) => fs.renameSync(at('top'), at('moved')),
  'write below its new name': (fs, at) => fs.writeFileSync(at('moved/file'), 'z'),
  'rename over an empty directory': (fs, at) => fs.renameSync(at('moved/sub2'), at('moved/made')),
  'remove a tree': (fs, at) => fs.rmSync(at('moved/made'), { recursive: true }),
  'remove the watched directory': (fs, at) => fs.rmSync(at('moved'), { recursive: true }),
};

const descriptors = (): WatchStory['steps'] => {
  let fd = -1;
  return {
    open: (fs, at) => {
      fd = open(fs, at('top/file'), 'r+');
    },
    write: (fs) => fs.writeSync(fd, 'x'),
    ftruncate: (fs) => fs.ftruncateSync(fd, 1),
    fchmod: (fs) => fs.fchmodSync(fd, 0o640),
    futimes: (fs) => fs.futimesSync(fd, 1, 1),
    'rename and write': (fs, at) => {
      fs.renameSync(at('top/file'), at('other/file'));
      fs.writeSync(fd, 'y');
    },
    'rename its directory and write': (fs, at) => {
      fs.renameSync(at('other'), at('top/other'));
      fs.writeSync(fd, 'z');
    },
    unlink: (fs, at) => fs.unlinkSync(at('top/other/file')),
    'write without a name': (fs) => fs.writeSync(fd, 'z'),
    close: (fs) => fs.closeSync(fd),
  };
};

export const WATCH_STORIES: readonly WatchStory[] = [
  { name: 'a directory, as its files change', watch: ['top'], furnish, steps: files },
  { name: 'a file', watch: ['top/file'], furnish, steps: files },
  { name: 'a file and its directory', watch: ['top', 'top/file'], furnish, steps: files },
  { name: 'a file that is replaced', watch: ['top', 'top/two', 'other/far'], furnish, steps: files },
  { name: 'one file watched twice', watch: ['top/file', 'top/file'], furnish, steps: files },
  { name: 'a directory, as its directories change', watch: ['top'], furnish, steps: directories },
  { name: 'directories, as they change', watch: ['top', 'top/sub'], furnish, steps: directories },
  { name: 'a directory, as open files change', watch: ['top', 'other'], furnish, steps: descriptors() },
  { name: 'an open file', watch: ['top/file'], furnish, steps: descriptors() },
];

/** Steps whose sets of events below a directory are the same: Node finds out about a tree by looking at it again. */
export const DEEP_STEPS: WatchStory['steps'] = {
  create: (fs, at) => fs.closeSync(open(fs, at('top/sub/new'), 'w')),
  write: (fs, at) => fs.appendFileSync(at('top/sub/new'), 'text'),
  chmod: (fs, at) => fs.chmodSync(at('top/sub/new'), 0o600),
  truncate: (fs, at) => fs.truncateSync(at('top/sub/new'), 1),
  'write at the top': (fs, at) => fs.appendFileSync(at('top/file'), 'x'),
  mkdir: (fs, at) => fs.mkdirSync(at('top/sub/made')),
  'create further down': (fs, at) => fs.closeSync(open(fs, at('top/sub/made/f'), 'w')),
  'write further down': (fs, at) => fs.appendFileSync(at('top/sub/made/f'), 'x'),
  'rename within': (fs, at) => fs.renameSync(at('top/sub/made/f'), at('top/f')),
  'rename in': (fs, at) => fs.renameSync(at('other/far'), at('top/sub/far')),
  'rename out': (fs, at) => fs.renameSync(at('top/sub/far'), at('other/far')),
  unlink: (fs, at) => fs.unlinkSync(at('top/sub/new')),
  rmdir: (fs, at) => fs.rmdirSync(at('top/sub/made')),
  'change what is not watched': (fs, at) => fs.writeFileSync(at('other/far'), 'x'),
  'chmod a directory': (fs, at) => fs.chmodSync(at('top/sub'), 0o700),
};

export { furnish as furnishWatched };
