/** Stories of everyday calls: how they succeed, and how they fail. */

import { pathToFileURL } from 'node:url';
import type { Stage, Story } from './fs.js';

/** A directory with one of everything. */
function furnish({ fs, at }: Stage): void {
  fs.writeFileSync(at('file'), 'hello');
  fs.mkdirSync(at('dir'));
  fs.mkdirSync(at('full/inner'), { recursive: true });
  fs.writeFileSync(at('full/one'), '1');
  fs.writeFileSync(at('full/inner/two'), '22');
  fs.symlinkSync('file', at('link'));
  fs.symlinkSync('full', at('dirlink'));
  fs.symlinkSync('nowhere', at('dangling'));
  fs.symlinkSync('loop', at('loop'));
}

const PLACES = [
  'file',
  'dir',
  'full',
  'link',
  'dirlink',
  'dangling',
  'loop',
  'missing',
  'missing/x',
  'file/x',
  'file/',
  'dir/',
  'link/',
  'dirlink/',
  'dirlink/one',
  'loop/x',
  'full/../file',
  'full/./one',
  'dirlink/../file',
  'full//inner///two',
  'missing/..',
  'file/..',
  '.',
  'dir/..',
  `${'n'.repeat(256)}`,
];

const LOOKS = ['stat', 'lstat', 'access', 'readlink', 'realpath', 'readdir', 'readFile', 'opendir', 'statfs'] as const;

/** The other faces stand on the synchronous one, so a few kinds of path show that they pass everything on. */
const FEW_PLACES = ['file', 'full', 'dangling', 'missing/x', 'file/x'];
const FEW_FROM = ['file', 'full', 'missing'];
const FEW_TO = ['file', 'full', 'missing', 'missing/x'];

/** Each call on each kind of path: the whole table of results and errors. */
const looking: Story[] = LOOKS.map((verb) => ({
  name: `${verb} on every kind of path`,
  // Node 20's opendirSync is the one call whose error lacks the path.
  faces: verb === 'opendir' ? ['callback', 'promise'] : ['sync', 'callback', 'promise'],
  async run(stage) {
    furnish(stage);
    for (const place of PLACES) {
      await stage.note(`${verb} ${place}`, async () => {
        const result = await stage.call(verb, stage.at(place));
        if (verb === 'opendir') (result as { closeSync?(): void } | undefined)?.closeSync?.();
      });
    }
  },
}));

/** Cases that are left out, each with its reason. */
const GAPS: readonly { readonly verbs: readonly string[]; readonly place: string; readonly reason: string }[] = [
  {
    verbs: ['unlink', 'rmdir', 'rm'],
    place: 'dirlink/',
    reason: 'the kernel of the view follows a last symlink with a slash behind it; Linux answers ENOTDIR to removals',
  },
];

function isGap(verb: string, place: string): boolean {
  return GAPS.some((gap) => gap.place === place && gap.verbs.includes(verb));
}

const ONE_PATH: readonly [verb: Parameters<Stage['call']>[0], ...args: unknown[]][] = [
  ['unlink'],
  ['rmdir'],
  ['rm'],
  ['rm', { recursive: true }],
  ['rm', { force: true }],
  ['mkdir'],
  ['mkdir', { recursive: true }],
  ['mkdir', 0o750],
  ['chmod', 0o741],
  ['chmod', '0700'],
  ['truncate', 3],
  ['truncate'],
  ['truncate', 9],
  ['utimes', 1, 2],
  ['lutimes', 1, 2],
  ['writeFile', 'new'],
  ['appendFile', 'more'],
  ['writeFile', 'new', { flag: 'wx' }],
  ['writeFile', 'x', { flag: 'r+' }],
  ['writeFile', 'x', { mode: 0o640 }],
];

const changing: Story[] = ONE_PATH.map(([verb, ...args]) => ({
  name: `${verb} ${JSON.stringify(args)} on every kind of path`,
  async run(stage) {
    const places = stage.face === 'sync' ? PLACES : FEW_PLACES;
    for (const [index, place] of places.entries()) {
      stage.fs.mkdirSync(stage.at(`${index}`));
      furnish({ ...stage, at: (name) => stage.at(`${index}/${name}`) });
      if (place === '.' || place.endsWith('..') || isGap(verb, place)) continue;
      await stage.call(verb, stage.at(`${index}/${place}`), ...args);
    }
  },
}));

const PAIRS = ['rename', 'link', 'symlink', 'copyFile'] as const;
const FROM = ['file', 'dir', 'full', 'link', 'dirlink', 'dangling', 'missing', 'file/x', 'full/one'];
const TO = [
  'file',
  'dir',
  'full',
  'link',
  'dirlink',
  'dangling',
  'missing',
  'missing/x',
  'file/x',
  'full/new',
  'dirlink/new',
  'dir/new',
];

const DIRECTORIES = ['dir', 'full', 'dirlink'];

const twoPaths: Story[] = PAIRS.map((verb) => ({
  name: `${verb} from every kind of path to every kind of path`,
  async run(stage) {
    const [sources, targets] = stage.face === 'sync' ? [FROM, TO] : [FEW_FROM, FEW_TO];
    for (const [i, from] of sources.entries()) {
      for (const [j, to] of targets.entries()) {
        // libuv's copyFile removes a file that it cannot replace by a directory: not a thing to imitate.
        if (verb === 'copyFile' && DIRECTORIES.includes(from) && ['file', 'link', 'dangling'].includes(to)) continue;
        const home = `${i}-${j}`;
        stage.fs.mkdirSync(stage.at(home));
        furnish({ ...stage, at: (name) => stage.at(`${home}/${name}`) });
        await stage.call(verb, stage.at(`${home}/${from}`), stage.at(`${home}/${to}`));
      }
    }
  },
}));

const WRONG_PATHS: readonly unknown[] = [
  undefined,
  null,
  1,
  1n,
  true,
  {},
  [],
  Symbol('s'),
  () => 1,
  'a\0b',
  Buffer.from('a\0b'),
  new URL('http://h/p'),
  new URL('file://host/p'),
  new URL('file:///a%2fb'),
  '',
  Object.create(null),
];

const arguments_: Story[] = [
  ...(['stat', 'readdir', 'mkdir', 'unlink', 'open', 'readlink', 'chmod', 'access'] as const).map(
    (verb): Story => ({
      name: `${verb} with what is no path`,
      async run({ call, note }) {
        for (const path of WRONG_PATHS) {
          await note(`${verb} ${typeof path}`, () => call(verb, path, ...(verb === 'chmod' ? [0o600] : [])));
        }
      },
    }),
  ),
  {
    name: 'paths as bytes and URLs',
    async run({ at, call, fs }) {
      await call('writeFile', Buffer.from(at('bytes')), 'b');
      await call('readFile', pathToFileURL(at('bytes')), 'utf8');
      await call('mkdir', pathToFileURL(at('a b%')));
      await call('stat', new Uint8Array(Buffer.from(at('a b%'))));
      await call('rename', Buffer.from(at('bytes')), pathToFileURL(at('moved')));
      fs.writeFileSync(Buffer.concat([Buffer.from(at('')), Buffer.from([0xff, 0xfe])]), 'raw');
      await call('readdir', at(''), { encoding: 'buffer' });
      await call('readFile', Buffer.concat([Buffer.from(at('')), Buffer.from([0xff, 0xfe])]), 'utf8');
      await call('unlink', Buffer.concat([Buffer.from(at('')), Buffer.from([0xff, 0xfe])]));
    },
  },
  {
    name: 'wrong flags, modes, encodings, options and times',
    async run(stage) {
      furnish(stage);
      const { at, call } = stage;
      for (const flags of ['z', '', 1.5, {}, 2 ** 40]) await call('open', at('file'), flags);
      for (const mode of ['abc', -1, {}, 2 ** 33, 1.5]) await call('mkdir', at('m'), { mode });
      for (const mode of [undefined, 'abc', -1, {}, 2 ** 33, 1.5]) await call('chmod', at('file'), mode);
      for (const options of ['bogus', 5, { encoding: 'bogus' }, { flag: 'zz' }])
        await call('readFile', at('file'), options);
      for (const data of [5, {}, null, undefined, true]) {
        if (stage.face !== 'promise') await call('writeFile', at('file'), data);
      }
      for (const length of ['a', 1.5, -5]) await call('truncate', at('file'), length);
      for (const time of ['abc', Number.NaN, {}, Number.POSITIVE_INFINITY, undefined])
        await call('utimes', at('file'), time, 1);
      for (const id of ['a', -2, 1.5, 2 ** 40]) await call('chown', at('file'), id, 1);
      for (const mode of [99, 'x', -1]) await call('access', at('file'), mode);
      for (const mode of [99, 'x', -1]) await call('copyFile', at('file'), at('copy'), mode);
      await call('mkdir', at('m'), { recursive: 1 });
      await call('rm', at('file'), { recursive: 1 });
      await call('rm', at('file'), 5);
      await call('symlink', 'x', at('s'), 'bogus');
      await call('symlink', '', at('s'));
    },
  },
];

const contents: Story[] = [
  {
    name: 'temporary directories',
    async run({ at, call, note, fs }) {
      for (const prefix of ['tmp-', 'missing/tmp-']) {
        await note(`mkdtemp ${prefix}`, async () => {
          const made = String(await call('mkdtemp', at(prefix)));
          const mode = fs.statSync(made).mode;
          fs.rmdirSync(made);
          return [made.length, mode];
        });
      }
      await call('mkdtemp', undefined);
    },
  },
  {
    name: 'encodings of content and of names',
    async run({ at, call }) {
      for (const encoding of [
        'utf8',
        'utf-8',
        'UTF8',
        'latin1',
        'binary',
        'ascii',
        'hex',
        'base64',
        'base64url',
        'utf16le',
        'ucs2',
      ]) {
        await call('writeFile', at('é'), encoding === 'hex' ? 'c3a9ff' : 'wörd+/=', encoding);
        await call('readFile', at('é'));
        await call('readFile', at('é'), encoding);
        await call('readFile', at('é'), { encoding });
        await call('readdir', at(''), encoding);
        await call('readdir', at(''), { encoding, withFileTypes: true });
        await call('realpath', at('é'), encoding);
      }
      await call('writeFile', at('bad'), Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]));
      await call('readFile', at('bad'), 'utf8');
    },
  },
  {
    name: 'what can be written',
    async run({ at, call }) {
      await call('writeFile', at('u16'), new Uint16Array([1, 2]));
      await call('writeFile', at('view'), new DataView(new ArrayBuffer(3), 1));
      await call('writeFile', at('empty'), '');
      await call('readFile', at('empty'));
      await call('writeFile', at('flush'), 'x', { flush: true });
    },
  },
  {
    name: 'a buffer that was read belongs to the caller',
    async run({ at, call, fs }) {
      fs.writeFileSync(at('f'), 'mine');
      for (const options of [undefined, { flag: 'r' }, { flag: 'r+' }]) {
        const bytes = (await call('readFile', at('f'), options)) as Buffer;
        bytes.fill(0);
        await call('readFile', at('f'), 'utf8');
      }
    },
  },
  {
    name: 'a buffer that was written still belongs to the caller',
    async run({ at, call }) {
      const bytes = Buffer.from('mine');
      await call('writeFile', at('f'), bytes);
      bytes.fill(0);
      await call('readFile', at('f'), 'utf8');
    },
  },
  {
    name: 'stat options',
    async run(stage) {
      furnish(stage);
      const { at, call, face } = stage;
      await call('stat', at('file'), { bigint: true });
      await call('lstat', at('link'), { bigint: true });
      if (face !== 'sync') return;
      for (const place of ['missing', 'file/x', 'loop', 'dangling'])
        await call('stat', at(place), { throwIfNoEntry: false });
      for (const place of ['missing', 'file/x', 'loop', 'dangling'])
        await call('lstat', at(place), { throwIfNoEntry: false });
    },
  },
  {
    name: 'times to the microsecond, as numbers, text and dates',
    async run({ at, call, note, fs }) {
      fs.writeFileSync(at('f'), '');
      for (const time of [0, 1.5, 1700000000.123456, '12', '1e3', new Date(1700000000123), new Date(-1500)]) {
        await call('utimes', at('f'), time, time);
        await note('mtime', () => [
          fs.statSync(at('f'), { bigint: true }).mtimeNs,
          fs.statSync(at('f')).mtimeMs,
          fs.statSync(at('f')).mtime,
        ]);
      }
    },
  },
  {
    name: 'listings with types and of whole trees',
    async run(stage) {
      furnish(stage);
      const { at, call, fs } = stage;
      fs.unlinkSync(at('loop'));
      await call('readdir', at(''));
      await call('readdir', at('full'), { withFileTypes: true });
      await call('readdir', at('full'), { recursive: true });
      await call('readdir', at('full'), { recursive: true, withFileTypes: true });
      await call('readdir', at('.'), { recursive: true, withFileTypes: true });
      await call('readdir', at('missing'), { recursive: true });
    },
  },
  {
    name: 'mkdir returns the first directory it made',
    async run({ at, call }) {
      for (const path of ['a/b/c', 'a/b/c', 'a/b/d/', 'q/r/../s', 'x//y'])
        await call('mkdir', at(path), { recursive: true });
    },
  },
  {
    name: 'cp of files, links and trees',
    async run(stage) {
      furnish(stage);
      const { at, call, fs } = stage;
      fs.chmodSync(at('full'), 0o750);
      fs.utimesSync(at('file'), 5, 5);
      await call('cp', at('file'), at('new/deep/file'), { preserveTimestamps: true });
      await call('cp', at('full'), at('tree'), { recursive: true });
      await call('cp', at('full'), at('tree'), { recursive: true });
      await call('cp', at('link'), at('link2'));
      await call('cp', at('link'), at('link3'), { verbatimSymlinks: true });
      await call('cp', at('dirlink'), at('followed'), { recursive: true, dereference: true });
      await call('cp', at('file'), at('full/one'), { force: false });
      await call('cp', at('full'), at('some'), {
        recursive: true,
        filter: (source: string) => !source.endsWith('one'),
      });
    },
  },
  {
    name: 'cp refuses',
    // The synchronous one has another errno for one of these, and other words in later versions of Node.
    faces: ['callback', 'promise'],
    async run(stage) {
      furnish(stage);
      const { at, call } = stage;
      await call('cp', at('missing'), at('x'));
      await call('cp', at('full'), at('x'));
      await call('cp', at('full'), at('file'), { recursive: true });
      await call('cp', at('file'), at('dir'));
      await call('cp', at('file'), at('file'));
      await call('cp', at('full'), at('full/inner/x'), { recursive: true });
      await call('cp', at('file'), at('full/one'), { force: false, errorOnExist: true });
    },
  },
];

/** Where memfs was found to differ from Linux. */
const forced: Story = {
  name: 'rm -rf on every kind of path',
  async run(stage) {
    furnish(stage);
    for (const place of PLACES) {
      if (place !== '.' && !place.endsWith('..') && !isGap('rm', place))
        await stage.call('rm', stage.at(place), { recursive: true, force: true });
    }
  },
};

const LINUX: readonly [name: string, run: (stage: Stage) => unknown][] = [
  ['rename of a symlink moves the link', (s) => s.call('rename', s.at('link'), s.at('moved'))],
  ['rm of a symlink leaves the target', (s) => s.call('rm', s.at('link'))],
  ['rm -r of a link to a directory leaves the directory', (s) => s.call('rm', s.at('dirlink'), { recursive: true })],
  ['rm -f of a dangling link removes it', (s) => s.call('rm', s.at('dangling'), { force: true })],
  ['rename over a full directory fails', (s) => s.call('rename', s.at('dir'), s.at('full'))],
  ['rename of a file over a directory fails', (s) => s.call('rename', s.at('file'), s.at('dir'))],
  ['rename of a directory into itself fails', (s) => s.call('rename', s.at('full'), s.at('full/inner/x'))],
  [
    'rename onto a hard link of itself keeps both names',
    async (s) => {
      await s.call('link', s.at('file'), s.at('twin'));
      await s.call('rename', s.at('file'), s.at('twin'));
    },
  ],
  [
    'a name that is replaced loses a link',
    async (s) => {
      await s.call('link', s.at('file'), s.at('twin'));
      await s.call('rename', s.at('full/one'), s.at('twin'));
      await s.call('stat', s.at('file'));
    },
  ],
  ['unlink of a directory fails', (s) => s.call('unlink', s.at('dir'))],
  ['link to a directory fails', (s) => s.call('link', s.at('dir'), s.at('hard'))],
  ['mkdir through a link to a directory', (s) => s.call('mkdir', s.at('dirlink/made'))],
  ['rename through a link to a directory', (s) => s.call('rename', s.at('file'), s.at('dirlink/made'))],
  ['a symlink is as long as its target, and 0777', (s) => s.call('lstat', s.at('dangling'))],
  ['an odd mode of a new file is cut by the umask', (s) => s.call('writeFile', s.at('odd'), '', { mode: 0o777 })],
  ['an odd mode of a new directory is cut by the umask', (s) => s.call('mkdir', s.at('odd'), 0o777)],
  [
    'a read-only file can be read',
    async (s) => {
      await s.call('chmod', s.at('file'), 0o444);
      await s.call('readFile', s.at('file'), 'utf8');
    },
  ],
  ['lstat with a trailing slash follows the link', (s) => s.call('lstat', s.at('dirlink/'))],
  [
    'blocks count what a file takes',
    (s) => {
      s.fs.writeFileSync(s.at('big'), Buffer.alloc(10_000, 'x'));
      return s.note('blocks', () => [s.fs.statSync(s.at('big')).blocks, s.fs.statSync(s.at('file')).blksize]);
    },
  ],
];

const linux: Story[] = LINUX.map(([name, run]) => ({
  name,
  async run(stage) {
    furnish(stage);
    await run(stage);
  },
}));

export const FS_STORIES: readonly Story[] = [
  ...looking,
  ...changing,
  ...twoPaths,
  ...arguments_,
  ...contents,
  forced,
  ...linux,
];
