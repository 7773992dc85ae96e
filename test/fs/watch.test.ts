/** Watching, beyond what a real directory can judge: what a watcher is, costs and keeps alive. */

import { EventEmitter } from 'node:events';
import type nodeFs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emitterClass } from '../../src/fs/emitter.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { IN_CREATE, IN_DELETE, IN_MODIFY } from '../../src/union/watch.js';

const portable = emitterClass.get();

beforeEach(() => emitterClass.install(EventEmitter));
afterEach(() => emitterClass.install(portable));

type NodeFs = typeof nodeFs;
const emptyFs = (): NodeFs => UnionFs.over([]).fs as unknown as NodeFs;

const events = async (fs: NodeFs, step: () => void, path = '/'): Promise<string[]> => {
  const heard: string[] = [];
  const watcher = fs.watch(path, (event, name) => heard.push(`${event} ${name}`));
  step();
  await turn();
  watcher.close();
  return heard;
};

test('is an EventEmitter in Node', () => {
  const fs = emptyFs();
  const watcher = fs.watch('/');
  const poll = fs.watchFile('/f', () => undefined);
  expect([watcher instanceof EventEmitter, poll instanceof EventEmitter]).toEqual([true, true]);
  expect([watcher.constructor.name, poll.constructor.name]).toEqual(['FSWatcher', 'StatWatcher']);
  watcher.close();
  fs.unwatchFile('/f');
});

test('works without Node’s emitter', async () => {
  emitterClass.install(portable);
  const fs = emptyFs();
  const heard: string[] = [];
  const watcher = fs.watch('/');
  expect(watcher).not.toBeInstanceOf(EventEmitter);
  const dropped = (): number => heard.push('dropped');
  watcher.on('change', (_event, name) => heard.push(`${name}`)).on('change', dropped);
  watcher.once('change', () => heard.push('once')).off('change', dropped);
  watcher.on('close', () => heard.push('close'));
  fs.mkdirSync('/a');
  fs.mkdirSync('/b');
  await turn();
  watcher.close();
  watcher.close();
  await turn();
  expect(heard).toEqual(['a', 'once', 'b', 'close']);
  expect([watcher.listenerCount('change'), watcher.removeAllListeners().listenerCount('change')]).toEqual([1, 0]);
  expect(() => watcher.emit('error', new Error('nobody listens'))).toThrow('nobody listens');
});

test('tells later and in order, and microtasks run between two events', async () => {
  const fs = emptyFs();
  const heard: string[] = [];
  const watcher = fs.watch('/', (_event, name) => {
    heard.push(`${name}`);
    queueMicrotask(() => heard.push(`after ${name}`));
  });
  fs.mkdirSync('/a');
  fs.mkdirSync('/b');
  await undefined;
  expect(heard).toEqual([]);
  await turn();
  expect(heard).toEqual(['a', 'after a', 'b', 'after b']);
  watcher.close();
});

test('a fork has no watchers of its parent', async () => {
  const union = UnionFs.over([]);
  const fs = union.fs as unknown as NodeFs;
  expect(await events(fs, () => union.fork().fs.writeFileSync('/f', ''))).toEqual([]);
  expect(await events(fs, () => fs.writeFileSync('/f', ''))).toEqual(['rename f']);
});

test('hears of what lower layers brought', async () => {
  const below = UnionFs.over([]);
  below.fs.mkdirSync('/etc/deep', { recursive: true });
  below.fs.writeFileSync('/etc/deep/f', 'x');
  const fs = UnionFs.over([await below.toLayer()]).fs as unknown as NodeFs;
  const heard: string[] = [];
  const watcher = fs.watch('/etc', { recursive: true }, (event, name) => heard.push(`${event} ${name}`));
  fs.appendFileSync('/etc/deep/f', 'y');
  fs.rmSync('/etc/deep', { recursive: true });
  await turn();
  expect(heard).toEqual(['change deep/f', 'rename deep/f', 'rename deep']);
  watcher.close();
});

test('hears of a write that takes setuid away', async () => {
  const { view, fs } = UnionFs.over([]);
  fs.writeFileSync('/f', '', { mode: 0o4777 });
  fs.chmodSync('/f', 0o4777);
  const masks: number[] = [];
  view.kernel.watch('/f', false, (mask) => masks.push(mask));
  const kernel = view.kernelAs({ uid: 1, gid: 1, groups: [], umask: 0 });
  kernel.write(kernel.open('/f', 1, 0), new Uint8Array(1), undefined);
  expect(masks).toEqual([0x4, IN_MODIFY]);
});

test('may be watched by those who may read', () => {
  const { view, fs } = UnionFs.over([]);
  fs.mkdirSync('/secret', { mode: 0o711 });
  const kernel = view.kernelAs({ uid: 1, gid: 1, groups: [], umask: 0 });
  const watch = (): unknown => kernel.watch('/secret', false, () => undefined);
  expect(watch).toThrow(expect.objectContaining({ code: 'EACCES', syscall: 'watch', path: '/secret' }));
});

test('a kernel is observed in the middle of the call, until that is ended', () => {
  const { kernel } = UnionFs.over([]);
  const heard: [number, string | undefined][] = [];
  const stop = kernel.watch('/', false, (mask, name) => heard.push([mask, name]));
  kernel.mknod('/f', 0o644, 0);
  kernel.unlink('/f');
  expect(heard).toEqual([
    [IN_CREATE, 'f'],
    [IN_DELETE, 'f'],
  ]);
  stop();
  kernel.mknod('/g', 0o644, 0);
  expect(heard).toHaveLength(2);
});

test('keeps as many unread events as Linux', async () => {
  const fs = emptyFs();
  const heard = await events(fs, () => {
    for (let i = 0; i < 16_400; i++) fs.mkdirSync(`/${i}`);
  });
  expect(heard).toHaveLength(16_384);
});

test('keeps a process alive unless told otherwise', () => {
  const fs = emptyFs();
  const alive = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = alive();
  const watcher = fs.watch('/');
  expect(alive()).toBe(before + 1);
  watcher.unref();
  expect(alive()).toBe(before);
  watcher.ref();
  expect(alive()).toBe(before + 1);
  watcher.close();
  const poll = fs.watchFile('/f', { persistent: false }, () => undefined);
  expect(alive()).toBe(before);
  expect(poll.ref()).toBe(poll);
  expect(alive()).toBe(before + 1);
  fs.unwatchFile('/f');
  expect(alive()).toBe(before);
});

test('closes when its signal says so', async () => {
  const fs = emptyFs();
  const controller = new AbortController();
  const closed = vi.fn();
  fs.watch('/', { signal: controller.signal }).on('close', closed);
  fs.watch('/', { signal: AbortSignal.abort() }).on('close', closed);
  await turn();
  expect(closed).toHaveBeenCalledTimes(1);
  controller.abort();
  await turn();
  expect(closed).toHaveBeenCalledTimes(2);
});

test('watchFile shares a watcher by path, and ends with its last listener', () => {
  const fs = emptyFs();
  const [one, two] = [(): void => undefined, (): void => undefined];
  const watcher = fs.watchFile('/f', one);
  expect(fs.watchFile('//f', two)).toBe(watcher);
  fs.unwatchFile('/f', one);
  expect(watcher.listenerCount('change')).toBe(1);
  fs.unwatchFile('/f', two);
  expect(fs.watchFile('/f', one)).not.toBe(watcher);
  fs.unwatchFile('/f');
  fs.unwatchFile('/nothing');
});

test('promises.watch gives events until it is aborted', async () => {
  const fs = emptyFs();
  const controller = new AbortController();
  const iterator = fs.promises.watch('/', { signal: controller.signal })[Symbol.asyncIterator]();
  const first = iterator.next();
  fs.writeFileSync('/a', 'x');
  expect(await first).toEqual({ value: { eventType: 'rename', filename: 'a' }, done: false });
  expect(await iterator.next()).toEqual({ value: { eventType: 'change', filename: 'a' }, done: false });
  const last = iterator.next();
  controller.abort('enough');
  await expect(last).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
  expect(await iterator.next()).toEqual({ value: undefined, done: true });
});

test('promises.watch drops with a warning, or fails, where too many events wait', async () => {
  const fs = emptyFs();
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const outcome = async (options: object): Promise<unknown[]> => {
    const iterator = fs.promises.watch('/', { maxQueue: 1, ...options } as object)[Symbol.asyncIterator]();
    const first = iterator.next();
    fs.mkdirSync('/a');
    await first;
    for (const name of ['/b', '/c']) fs.mkdirSync(name);
    await turn();
    for (const name of ['/a', '/b', '/c']) fs.rmdirSync(name);
    const second = (await iterator.next()).value;
    if (!('overflow' in options)) return [second, await iterator.return?.()];
    return [second, await iterator.next().catch((error: unknown) => error)];
  };
  expect(await outcome({})).toEqual([{ eventType: 'rename', filename: 'b' }, { done: true }]);
  expect(warn).toHaveBeenCalledOnce();
  const error = expect.objectContaining({ code: 'ERR_FS_WATCH_QUEUE_OVERFLOW' });
  for (const overflow of ['error', 'throw']) expect((await outcome({ overflow }))[1]).toEqual(error);
  await expect(outcome({ overflow: 'x' })).rejects.toThrow("must be one of: 'ignore'");
  warn.mockRestore();
});
