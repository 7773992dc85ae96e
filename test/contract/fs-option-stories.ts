/** Stories of what calls may be told, of classes that programs use themselves, and of how calls that overlap behave. */

import { type EventEmitter, once } from 'node:events';
import nodeFs from 'node:fs';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import type { FsUnderTest, Stage, Story } from './fs.js';

type AnyCall = (...args: unknown[]) => unknown;

type StreamName = 'ReadStream' | 'WriteStream' | 'createReadStream';

interface AnyClass {
  new (...args: unknown[]): object;
  (...args: unknown[]): object;
}

/** The stories may use all of it. */
function whole(fs: FsUnderTest): typeof nodeFs {
  return fs as unknown as typeof nodeFs;
}

/** A protocol cannot hold a stream, only what becomes of it. */
function contentOf(stream: unknown): Promise<string> {
  return text(stream as AsyncIterable<Buffer>);
}

const SWITCHES = ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks'];

/** Wrong options of calls that promise and callback calls take as the synchronous ones do. */
const options: Story[] = [
  {
    name: 'wrong options of cp',
    async run({ fs, at, call }) {
      fs.writeFileSync(at('f'), 'x');
      for (const name of SWITCHES) {
        for (const value of [1, null, undefined, 'x']) await call('cp', at('f'), at('g'), { [name]: value });
      }
      for (const mode of [-1, 8, 1.5, 'x']) await call('cp', at('f'), at('g'), { mode });
      await call('cp', at('f'), at('g'), { filter: 5 });
      await call('cp', at('f'), at('g'), { dereference: true, verbatimSymlinks: true });
    },
  },
  {
    name: 'wrong options of rm, rmdir, opendir and truncate',
    faces: ['sync'],
    async run({ fs, at, call }) {
      fs.writeFileSync(at('f'), 'x');
      for (const verb of ['rm', 'rmdir'] as const) {
        for (const maxRetries of [-1, 1.5, 'x', 2 ** 33]) await call(verb, at('missing'), { maxRetries });
        for (const retryDelay of [-1, 1.5, 'x', 2 ** 32]) await call(verb, at('missing'), { retryDelay });
      }
      for (const bufferSize of [0, -1, 1.5, 'x', null]) await call('opendir', at('.'), { bufferSize });
      for (const length of [null, '', {}, 1.5]) await call('truncate', at('f'), length);
    },
  },
  {
    name: 'wrong options of whole files',
    async run({ fs, at, call }) {
      fs.writeFileSync(at('f'), 'x');
      for (const flush of ['x', 0, 1, {}]) await call('writeFile', at('f'), 'y', { flush });
      for (const flush of [null, undefined, false, true]) await call('appendFile', at('f'), 'z', { flush });
      for (const encoding of ['', 0, 1]) await call('readFile', at('f'), { encoding });
      await call('readlink', at('missing'), { encoding: 'bogus' });
    },
  },
  {
    name: 'a link without an encoding is not looked at',
    async run({ at, call }) {
      await call('readlink', at('missing'), 'bogus');
      await call('symlink', 5, at('link'), 'bogus');
    },
  },
];

/** All but those whose callback may be left out, or that look at nothing else. */
const WITH_CALLBACK = Object.keys(nodeFs).filter(
  (name) => `${name}Sync` in nodeFs && !['appendFile', 'cp', 'exists', 'glob'].includes(name),
);

const callbacks: Story[] = [
  {
    name: 'without a callback, what else is wrong is told first',
    faces: ['callback'],
    async run({ fs, at, note }) {
      const calls = fs as unknown as Record<string, AnyCall>;
      for (const verb of WITH_CALLBACK) {
        await note(verb, () => calls[verb]?.(null));
      }
      for (const verb of ['read', 'write', 'readv', 'writev']) {
        await note(`${verb} with a buffer`, () => calls[verb]?.(null, Buffer.alloc(1), 0, 1, 0));
      }
      await note('mode', () => calls['fchmod']?.(3, '123x'));
      await note('length', () => calls['ftruncate']?.(3, ''));
      await note('opendir', () => calls['opendir']?.(at('')));
      await note('close', () => calls['close']?.(3, 5));
      await note('signal', () => calls['readFile']?.(at('f'), { signal: 'x' }, () => undefined));
    },
  },
  {
    name: 'close needs no callback',
    faces: ['callback'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('f'), 'x');
      const fd = fs.openSync(at('f'), 'r');
      whole(fs).close(fd);
      await note('closed', () => vi.waitUntil(() => !isOpen(fs, fd)));
    },
  },
  {
    name: 'flushing asks the fsync of the fs object',
    faces: ['sync', 'callback'],
    async run({ fs, at, call, note }) {
      const calls = fs as unknown as Record<'fsync' | 'fsyncSync', AnyCall>;
      const { fsync, fsyncSync } = calls;
      const asked: string[] = [];
      const tell =
        (name: string, real: AnyCall): AnyCall =>
        (...args) => {
          asked.push(name);
          return real(...args);
        };
      calls.fsync = tell('fsync', fsync);
      calls.fsyncSync = tell('fsyncSync', fsyncSync);
      await call('writeFile', at('f'), 'x', { flush: true });
      await call('appendFile', at('f'), 'y', { flush: true });
      await call('appendFile', at('missing/f'), 'y', { flush: true });
      calls.fsync = fsync;
      calls.fsyncSync = fsyncSync;
      await note('asked', () => asked.join());
    },
  },
];

const classes: Story[] = [
  {
    name: 'stream classes are called with new and without, and derived from',
    faces: ['callback'],
    async run({ fs, at, note }) {
      const { ReadStream, WriteStream, createReadStream } = whole(fs) as unknown as Record<StreamName, AnyClass>;
      fs.writeFileSync(at('f'), 'hello');
      await note('new', () => contentOf(new ReadStream(at('f'))));
      await note('call', () => contentOf(ReadStream(at('f'))));
      await note('new function', () => contentOf(new createReadStream(at('f'))));
      await note('derived', () => contentOf(derivedReader(ReadStream, at('f'))));
      await note('instance', () => WriteStream(at('g')) instanceof WriteStream);
      for (const wrong of [5, true]) await note(`options ${wrong}`, () => ReadStream(at('f'), wrong));
      await note('no path', () => ReadStream(undefined));
      await note('no call', () => ReadStream(at('f'), { fs: { open: 5 } }));
    },
  },
  {
    name: 'a stream is given a handle, and each closes the other',
    faces: ['promise'],
    async run(stage) {
      const { fs, at, note } = stage;
      fs.writeFileSync(at('f'), 'hello');
      await note('stream closes handle', () => closedBy(stage, (_handle, stream) => contentOf(stream)));
      await note('handle closes stream', () => closedBy(stage, (handle) => handle.close()));
      await note('with fs', async () => {
        const handle = await fs.promises.open(at('f'));
        try {
          return fs.createReadStream('', { fd: handle, fs } as never);
        } finally {
          await handle.close();
        }
      });
    },
  },
  {
    name: 'Stats are made of numbers, and told as JSON with their dates',
    faces: ['sync'],
    async run({ fs, at, note }) {
      const numbers = [1, 0o100644, 1, 0, 0, 0, 4096, 7, 5, 8, 1000, 2000, 3000, 4000];
      const Made = fs.Stats as unknown as { new (...of: number[]): nodeFs.Stats };
      const stats = new Made(...numbers);
      await note('fields', () => Object.entries({ ...stats }).filter(([, value]) => typeof value === 'number'));
      await note('type', () => [stats.isFile(), stats.isDirectory(), stats instanceof fs.Stats]);
      await note('given', () => fs.statSync(at('.')) instanceof fs.Stats);
      await note('json', () => Object.keys(JSON.parse(JSON.stringify(fs.statSync(at('.'))))).sort());
      await note('date', () => stats.mtime.getTime());
    },
  },
  {
    name: 'a directory works at once only while nothing is on its way',
    faces: ['promise'],
    async run({ fs, at, note }) {
      fs.writeFileSync(at('a'), '');
      fs.writeFileSync(at('b'), '');
      const directory = fs.opendirSync(at(''));
      const first = directory.read();
      await Promise.all([note('read', () => directory.readSync()), note('close', () => directory.closeSync())]);
      await note('first', async () => (await first) !== null);
      await note('both', async () => (await Promise.all([directory.read(), directory.close()])).length);
      await note('wrong callback', () => (directory.close as AnyCall)('x'));
      const { Dir } = whole(fs);
      await note('made of nothing', () => new (Dir as unknown as { new (): object })());
    },
  },
];

const copies: Story[] = [
  {
    name: 'cp asks a filter that answers later',
    faces: ['promise', 'callback'],
    async run({ fs, at, call, note }) {
      fs.mkdirSync(at('from/deep'), { recursive: true });
      for (const name of ['a', 'skip', 'deep/b', 'deep/skip']) fs.writeFileSync(at(`from/${name}`), name);
      const asked: string[] = [];
      const filter = async (path: string): Promise<boolean> => {
        await new Promise(setImmediate);
        asked.push(path.slice(at('').length));
        return !path.endsWith('skip');
      };
      await note('copied', async () => {
        await call('cp', at('from'), at('to'), { recursive: true, filter });
        return asked.sort();
      });
      const refuse = async (): Promise<boolean> => {
        throw new Error('refused');
      };
      await call('cp', at('from'), at('other'), { recursive: true, filter: refuse });
    },
  },
];

function isOpen(fs: FsUnderTest, fd: number): boolean {
  try {
    fs.fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

function derivedReader(Base: AnyClass, path: string): object {
  function Derived(this: object, ...args: unknown[]): void {
    (Base as AnyCall).apply(this, args);
  }
  Object.setPrototypeOf(Derived.prototype, (Base as unknown as { readonly prototype: object }).prototype);
  return new (Derived as unknown as { new (path: string): object })(path);
}

/** Opens a handle, puts a stream on it, and tells once both are closed. */
async function closedBy(
  { fs, at }: Stage,
  act: (handle: nodeFs.promises.FileHandle, stream: object) => unknown,
): Promise<string> {
  const handle = await fs.promises.open(at('f'));
  const stream = fs.createReadStream('', { fd: handle });
  const both = Promise.all([once(handle as unknown as EventEmitter, 'close'), once(stream, 'close')]);
  await act(handle, stream);
  await both;
  return `${handle.fd} ${stream.destroyed}`;
}

export const FS_OPTION_STORIES: readonly Story[] = [...options, ...callbacks, ...classes, ...copies];
