/** Stories of open files: descriptors, handles, streams, directories, callbacks. */

import { once } from 'node:events';
import { promisify } from 'node:util';
import type { FsUnderTest, Story } from './fs.js';

const FLAGS = ['r', 'rs', 'sr', 'r+', 'rs+', 'w', 'wx', 'xw', 'w+', 'wx+', 'a', 'ax', 'as', 'a+', 'ax+', 'as+', 'sa+'];
const NUMBERS = ['O_CREAT', 'O_EXCL', 'O_TRUNC', 'O_APPEND', 'O_NOFOLLOW', 'O_DIRECTORY'] as const;

const descriptors: Story[] = [
  {
    name: 'open flags on every kind of path',
    faces: ['sync'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('file'), 'hello');
      fs.mkdirSync(at('dir'));
      fs.symlinkSync('file', at('link'));
      fs.symlinkSync('target', at('dangling'));
      for (const flags of FLAGS) {
        for (const place of ['file', 'dir', 'link', 'dangling', 'missing', 'file/x', 'dir/']) {
          await note(`open ${flags} ${place}`, () => useFile(fs, at(place), flags));
          fs.rmSync(at('missing'), { force: true });
          fs.rmSync(at('target'), { force: true });
          fs.writeFileSync(at('file'), 'hello');
        }
      }
    },
  },
  {
    name: 'every set of numeric open flags',
    faces: ['sync'],
    async run({ fs, at, note }) {
      for (let set = 0; set < 1 << NUMBERS.length; set++) {
        const bits = NUMBERS.reduce((sum, name, index) => sum | (set & (1 << index) ? fs.constants[name] : 0), 0);
        // O_CREAT with O_DIRECTORY was a bug of older kernels and is EINVAL since Linux 6.4.
        if ((bits & fs.constants.O_CREAT) !== 0 && (bits & fs.constants.O_DIRECTORY) !== 0) continue;
        for (const access of [0, 1, 2]) {
          fs.rmSync(at('t'), { recursive: true, force: true });
          fs.mkdirSync(at('t/dir'), { recursive: true });
          fs.writeFileSync(at('t/file'), 'hello');
          fs.symlinkSync('file', at('t/link'));
          fs.symlinkSync('target', at('t/dangling'));
          for (const place of ['file', 'dir', 'link', 'dangling', 'missing']) {
            await note(`open ${set} ${access} ${place}`, () => useFile(fs, at(`t/${place}`), bits | access));
          }
        }
      }
    },
  },
  {
    name: 'the forms of read',
    faces: ['sync'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'hello world');
      const fd = fs.openSync(at('f'), 'r');
      const read = fs.readSync as (...args: unknown[]) => number;
      const forms: unknown[][] = [
        [],
        [{}],
        [0, 4, 0],
        [{ position: 2 }],
        [{ offset: 1, length: 2 }],
        [null],
        [undefined],
        [1, 2, null],
        [0, 4, 3n],
        [0, 4, -1],
        [5, 1, 0],
        [0, 9, 0],
        [-1, 1, 0],
        [0, -1, 0],
        [0, 1, 'a'],
        [0, 1, -2],
        [2],
        [0, 1, 1.5],
        ['a', 1, 1],
        [0, 0, 0],
        [0, 4, 100],
      ];
      for (const form of forms) {
        const buffer = Buffer.alloc(4, '.');
        await note(`read ${form.map(String)}`, () => [read(fd, buffer, ...form), buffer]);
      }
      for (const buffer of ['x', null, Buffer.alloc(0), new Uint16Array(2), new DataView(new ArrayBuffer(4))]) {
        await note('read into', () => read(fd, buffer, 0, 1, 0));
      }
      await note('write to a descriptor for reading', () => fs.writeSync(fd, 'x'));
      for (const bad of [9999, -1, 1.5, 'a', undefined, 2 ** 40])
        await note(`read ${bad}`, () => read(bad, Buffer.alloc(1), 0, 1, 0));
      fs.closeSync(fd);
      await note('close twice', () => fs.closeSync(fd));
    },
  },
  {
    name: 'the forms of write',
    faces: ['sync'],
    async run({ fs, at, note }) {
      const write = fs.writeSync as (...args: unknown[]) => number;
      const buffer = Buffer.from('abcd');
      const forms: unknown[][] = [
        [buffer],
        [buffer, 1],
        [buffer, 1, 2],
        [buffer, 0, 4, 2],
        [buffer, { offset: 1, length: 2 }],
        [buffer, null, null, null],
        [buffer, 0, 1, 'x'],
        [buffer, 0, 1, -5],
        ['héé', 0, 'latin1'],
        ['abc', 'x'],
        ['abc', null, 'hex'],
        ['text'],
        [new Uint16Array([1, 2])],
        [buffer, 5, 1, 0],
        [buffer, 0, 9],
        [buffer, -1],
        [buffer, 0, -1],
        [5],
        [null],
        [{}],
      ];
      for (const form of forms) {
        const fd = fs.openSync(at('f'), 'w+');
        await note(`write ${form.map(String)}`, () => write(fd, ...form));
        await note('content', () => fs.readFileSync(at('f')));
        fs.closeSync(fd);
      }
      const fd = fs.openSync(at('f'), 'w');
      await note('read from a descriptor for writing', () => fs.readSync(fd, Buffer.alloc(1)));
      fs.closeSync(fd);
    },
  },
  {
    name: 'vectors of buffers',
    faces: ['sync'],
    async run({ fs, at, note }) {
      const fd = fs.openSync(at('f'), 'w+');
      const buffers = [Buffer.from('abc'), Buffer.from(''), new Uint8Array([100, 101])];
      await note('writev', () => fs.writevSync(fd, buffers));
      await note('writev at', () => fs.writevSync(fd, buffers, 3));
      const into = [Buffer.alloc(2), Buffer.alloc(30, '.')];
      await note('readv', () => [fs.readvSync(fd, into, 1), ...into]);
      await note('readv at the end', () => fs.readvSync(fd, into));
      await note('wrong', () => fs.writevSync(fd, [Buffer.alloc(1), 'x'] as unknown as Buffer[]));
      await note('wrong', () => fs.readvSync(fd, 5 as unknown as Buffer[]));
      fs.closeSync(fd);
    },
  },
  {
    name: 'a descriptor stands for a path',
    faces: ['sync'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'hello world');
      const fd = fs.openSync(at('f'), 'r+');
      fs.readSync(fd, Buffer.alloc(6));
      await note('the rest', () => fs.readFileSync(fd, 'utf8'));
      await note('nothing left', () => fs.readFileSync(fd));
      await note('write', () => fs.writeFileSync(fd, '!'));
      await note('append', () => fs.appendFileSync(fd, '?'));
      await note('content', () => fs.readFileSync(at('f'), 'utf8'));
      await note('cut', () => fs.ftruncateSync(fd, 2));
      await note('mode', () => fs.fchmodSync(fd, 0o600));
      await note('times', () => fs.futimesSync(fd, 1, 2));
      await note('sync', () => [fs.fsyncSync(fd), fs.fdatasyncSync(fd)]);
      await note('stat', () => [fs.fstatSync(fd), fs.fstatSync(fd, { bigint: true })]);
      fs.closeSync(fd);
      for (const call of ['fstatSync', 'fsyncSync', 'ftruncateSync', 'closeSync', 'readFileSync'] as const) {
        await note(call, () => (fs[call] as (fd: number) => unknown)(fd));
      }
    },
  },
  {
    name: 'an open file outlives its name',
    faces: ['sync'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'old');
      const fd = fs.openSync(at('f'), 'r+');
      fs.unlinkSync(at('f'));
      fs.writeFileSync(at('f'), 'new');
      await note('write', () => fs.writeSync(fd, 'OLD+'));
      await note('read', () => [fs.readFileSync(at('f'), 'utf8'), fs.fstatSync(fd)]);
      const buffer = Buffer.alloc(9);
      await note('own', () => [fs.readSync(fd, buffer, 0, 9, 0), buffer]);
      fs.closeSync(fd);
    },
  },
  {
    name: 'appending ignores the position',
    faces: ['sync'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'abc');
      const fd = fs.openSync(at('f'), 'a+');
      await note('write at 0', () => fs.writeSync(fd, Buffer.from('d'), 0, 1, 0));
      await note('content', () => fs.readFileSync(at('f'), 'utf8'));
      fs.closeSync(fd);
    },
  },
  {
    name: 'a hole reads as zeros',
    faces: ['sync'],
    async run({ fs, at, note }) {
      const fd = fs.openSync(at('f'), 'w+');
      fs.writeSync(fd, Buffer.from('z'), 0, 1, 5);
      fs.ftruncateSync(fd, 8);
      await note('content', () => fs.readFileSync(at('f')));
      fs.closeSync(fd);
    },
  },
];

const handles: Story[] = [
  {
    name: 'a handle reads and writes',
    faces: ['promise'],
    async run({ fs, at, note }) {
      const handle = await fs.promises.open(at('f'), 'w+');
      await note('write', () => handle.write('hello'));
      await note('write buffer', () => handle.write(Buffer.from('xyz'), 1, 2, 0));
      await note('writev', () => handle.writev([Buffer.from('A'), Buffer.from('B')]));
      await note('read', () => handle.read(Buffer.alloc(4), 0, 4, 0));
      await note('read options', () => handle.read({ buffer: Buffer.alloc(3), position: 1 }));
      await note('read default', async () => (await handle.read({ position: 0 })).bytesRead);
      await note('readv', () => handle.readv([Buffer.alloc(2), Buffer.alloc(9)], 0));
      await note('stat', () => handle.stat());
      await note('truncate', () => handle.truncate(3));
      await note('chmod', () => handle.chmod(0o640));
      await note('utimes', () => handle.utimes(1, 1));
      await note('sync', async () => [await handle.sync(), await handle.datasync()]);
      await note('appendFile', () => handle.appendFile('+'));
      await note('readFile', () => fs.promises.readFile(at('f'), 'utf8'));
      await note('close', () => handle.close());
      await note('fd', () => handle.fd);
      await note('close again', () => handle.close());
      for (const call of ['stat', 'read', 'readFile', 'truncate', 'sync'] as const)
        await note(call, () => (handle[call] as () => unknown)());
    },
  },
  {
    name: 'a handle stands for a path',
    faces: ['promise'],
    async run({ fs, at, note }) {
      const handle = await fs.promises.open(at('f'), 'w+');
      await note('write', () => fs.promises.writeFile(handle, 'one'));
      await note('append', () => fs.promises.appendFile(handle, 'two'));
      await note('rest', () => fs.promises.readFile(handle, 'utf8'));
      await note('all', () => fs.promises.readFile(at('f'), 'utf8'));
      await handle.close();
    },
  },
  {
    name: 'writeFile takes pieces',
    faces: ['promise'],
    async run({ fs, at, note }) {
      await note('array', () => fs.promises.writeFile(at('f'), ['a', 'b']));
      await note('generator', () =>
        fs.promises.writeFile(
          at('g'),
          (async function* () {
            yield 'x';
            yield Buffer.from('y');
          })(),
        ),
      );
      await note('append', () => fs.promises.appendFile(at('g'), 'z'));
      await note('wrong', () => fs.promises.writeFile(at('h'), 5 as unknown as string));
      await note('wrong', () => fs.promises.writeFile(at('h'), {} as unknown as string));
    },
  },
  {
    name: 'a signal aborts',
    faces: ['promise'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'x');
      const controller = new AbortController();
      const reading = fs.promises.readFile(at('f'), { signal: controller.signal });
      controller.abort();
      await note('during', () => reading);
      await note('before', () => fs.promises.readFile(at('f'), { signal: controller.signal }));
      await note('write', () => fs.promises.writeFile(at('f'), 'y', { signal: controller.signal }));
      await note('no signal', () => fs.promises.readFile(at('f'), { signal: 5 as unknown as AbortSignal }));
    },
  },
  {
    name: 'lchmod is not there',
    faces: ['promise'],
    run: ({ fs, at, note }) => note('lchmod', () => fs.promises.lchmod(at('f'), 0o600)),
  },
];

const streams: Story[] = [
  {
    name: 'streams read and write',
    faces: ['callback'],
    async run({ fs, at, note }) {
      await note('write', () => written(fs, at('f'), ['hello ', 'stream ', 'world']));
      await note('read', () => streamed(fs, at('f')));
      await note('range', () => streamed(fs, at('f'), { start: 2, end: 7, highWaterMark: 2 }));
      await note('text', () => streamed(fs, at('f'), 'utf8'));
      await note('append', () => written(fs, at('f'), ['!'], { flags: 'a' }));
      await note('inside', () => written(fs, at('f'), ['HELLO'], { flags: 'r+', start: 0 }));
      await note('missing', () => streamed(fs, at('missing')));
      await note('no directory', () => written(fs, at('missing/x'), ['x']));
    },
  },
  {
    name: 'streams of a handle close it',
    faces: ['promise'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'a\nb\r\nc');
      const handle = await fs.promises.open(at('f'));
      await note('lines', async () => {
        const lines: string[] = [];
        for await (const line of handle.readLines()) lines.push(line);
        return lines.join();
      });
      const writing = await fs.promises.open(at('g'), 'w');
      const stream = writing.createWriteStream();
      stream.end('text');
      await once(stream, 'close');
      await note('closed', () => writing.fd);
    },
  },
];

const directories: Story[] = [
  {
    name: 'a directory is read entry by entry',
    faces: ['promise'],
    async run({ fs, at, note }) {
      for (const name of ['a', 'b']) fs.writeFileSync(at(name), '');
      fs.mkdirSync(at('c'));
      const directory = fs.opendirSync(at(''));
      await note('path', () => directory.path);
      await note('entries', async () =>
        [directory.readSync(), await directory.read(), directory.readSync()].map((e) => e?.name),
      );
      await note('end', () => [directory.readSync()]);
      directory.closeSync();
      await note('read after close', () => directory.readSync());
      await note('close again', () => directory.closeSync());
      await note('read after close', () => directory.read());
      await note('loop', async () => {
        const names: string[] = [];
        const loop = await fs.promises.opendir(at(''));
        for await (const entry of loop) names.push(entry.name);
        return [...names, (await loop.close().catch((error) => error.code)) as string];
      });
    },
  },
];

const callbacks: Story[] = [
  {
    name: 'a call without a callback is refused at once',
    faces: ['callback'],
    async run({ fs, at, note }) {
      const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
      for (const verb of ['stat', 'readFile', 'mkdir', 'exists', 'readdir']) {
        await note(verb, () => calls[verb]?.(at('x')));
      }
    },
  },
  {
    name: 'callbacks come after promises and ticks, in order',
    faces: ['callback'],
    async run({ fs, at, note }) {
      await note('order', () => orderOf(fs, at('')));
    },
  },
  {
    name: 'promisified calls give what Node gives',
    faces: ['callback'],
    async run({ fs, at, note }) {
      const all = fs as unknown as typeof import('node:fs');
      fs.writeFileSync(at('f'), 'hello');
      await note('exists', () => promisify(all.exists)(at('f')));
      const fd = await promisify(all.open)(at('f'), 'r+');
      await note('read', () => promisify(all.read)(fd, Buffer.alloc(3), 0, 3, 0));
      await note('write', () => promisify(all.write)(fd, 'abc'));
      await note('writev', () => promisify(all.writev)(fd, [Buffer.from('z')]));
      await note('readv', () => promisify(all.readv)(fd, [Buffer.alloc(2)], 0));
      await promisify(all.close)(fd);
    },
  },
];

export const FS_OPEN_STORIES: readonly Story[] = [...descriptors, ...handles, ...streams, ...directories, ...callbacks];

/** Opens, tries both to read and to write, and tells what happened. */
function useFile(fs: FsUnderTest, path: string, flags: string | number): unknown {
  const fd = fs.openSync(path, flags);
  const attempt = (step: () => unknown): unknown => {
    try {
      return step();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  };
  const told = {
    read: attempt(() => fs.readSync(fd, Buffer.alloc(3))),
    wrote: attempt(() => fs.writeSync(fd, 'W')),
    size: attempt(() => (fs.fstatSync(fd).isFile() ? fs.fstatSync(fd).size : 'directory')),
  };
  fs.closeSync(fd);
  return told;
}

async function streamed(fs: FsUnderTest, path: string, options?: object | 'utf8'): Promise<unknown> {
  const chunks: unknown[] = [];
  const stream = fs.createReadStream(path, options as 'utf8');
  for await (const chunk of stream) chunks.push(chunk);
  return [chunks.map(String).join(''), typeof chunks[0], stream.bytesRead];
}

async function written(fs: FsUnderTest, path: string, pieces: string[], options?: object): Promise<unknown> {
  const stream = fs.createWriteStream(path, options as object);
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await once(stream, 'finish');
  return [fs.readFileSync(path, 'utf8'), stream.bytesWritten];
}

async function orderOf(fs: FsUnderTest, path: string): Promise<string> {
  const order: string[] = [];
  const all = fs as unknown as typeof import('node:fs');
  await new Promise<void>((done) => {
    all.stat(path, () => {
      order.push('callback');
      done();
    });
    Promise.resolve().then(() => order.push('promise'));
    process.nextTick(() => order.push('tick'));
    order.push('sync');
  });
  return order.join();
}
