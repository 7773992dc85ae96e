/**
 * A process of its own, in a mount namespace of its own: mounts overlayfs over the layers, makes the calls of a sequence
 * there, and tells what they answered. All other file systems are read-only for it, so that no call can do harm.
 * Started with `user` it gives up root's rights and only makes calls.
 */

import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { faceOf } from './faces.js';
import { kernelXattr } from './kernel-xattr.js';
import { listing } from './listing.js';
import type { Reply, RunReply, RunRequest } from './messages.js';
import { type Answer, perform } from './perform.js';
import { sortTrees } from './sorted-trees.js';
import { MOUNT, STACK, type Stack, USER } from './stack.js';
import { writeLayers } from './write-layers.js';

const BASE = '/mnt';
let flats = 0;
let hasFineClock = false;
/** Changes in a row that must all have a ctime of their own. */
const CLOCK_TRIES = 50;

async function answersOf({ face: name, judge, operations }: RunRequest): Promise<Answer[]> {
  const face = faceOf(fs, name);
  const answers: Answer[] = [];
  try {
    for (const operation of operations) {
      answers.push(await perform(face, operation, kernelXattr));
      if (judge === 'plain') askForTimes(MOUNT);
    }
  } finally {
    await face.closeAll();
  }
  return answers;
}

/**
 * The kernel gives a change a time of its own only where somebody asked for the one before. link(2) hands a directory the
 * time of what was linked, and whether that was asked for is then forgotten: the next change would tell the same time.
 */
function askForTimes(path: string): void {
  try {
    if (!fs.lstatSync(path).isDirectory()) return;
    for (const name of fs.readdirSync(path, 'buffer')) askForTimes(`${path}/${name.toString('latin1')}`);
  } catch {
    // What this user may not look at, or what is called otherwise, is not asked for.
  }
}

/** Serves requests one after the other. */
function serve<Q, A>(answer: (request: Q) => Promise<A>): void {
  process.on('message', (request: Q) => {
    answer(request).then(
      (ok) => process.send?.({ ok }),
      (error: Error) => process.send?.({ error: error.stack }),
    );
  });
}

async function beUser(): Promise<void> {
  await sortInScratch();
  process.setgroups?.([...USER.groups]);
  process.setgid?.(USER.gid);
  process.setuid?.(USER.uid);
  serve(answersOf);
  process.send?.({ ok: true });
}

async function sortInScratch(): Promise<void> {
  const scratch = fs.mkdtempSync(`${tmpdir()}/stratum-trees-`);
  await sortTrees(scratch);
  fs.rmdirSync(scratch);
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { cwd: '/', stdio: 'pipe' });
}

function protectTheRest(): void {
  const points = fs
    .readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith('/') && point !== BASE && !point.includes('\\'));
  for (const point of new Set(points)) {
    try {
      mount('-o', 'remount,bind,ro', point);
    } catch {
      // What lies under another mount cannot be reached, by mount or by a call.
    }
  }
}

/** Layers on disk. */
interface Lowers {
  /** For overlayfs, topmost first. */
  readonly folders: string;
  /** A plain directory with what they come to; made when it is first asked for. */
  flat: string | undefined;
}

async function runAt(base: string, everyday: Lowers, request: RunRequest, user: ChildProcess): Promise<RunReply> {
  fs.mkdirSync(base);
  const lowers = request.stack === null ? everyday : lowersOf(request.stack, base);
  const clear = request.judge === 'overlay' ? mountOverlay(`${base}/overlay`, lowers) : copyFlat(lowers);
  try {
    const answers = request.who === 'root' ? await answersOf(request) : await ask<Answer[]>(user, request);
    return { answers, listing: listing(fs, MOUNT), xattrs: xattrs(), hasFineClock };
  } finally {
    clear();
    fs.rmSync(base, { recursive: true });
    if (lowers !== everyday && lowers.flat !== undefined) fs.rmSync(lowers.flat, { recursive: true });
  }
}

function lowersOf(stack: Stack, base: string): Lowers {
  return { folders: writeLayers(stack, base).reverse().join(':'), flat: undefined };
}

/** Mounts overlayfs with an empty upper; gives what takes it away again. */
function mountOverlay(base: string, { folders }: Lowers): () => void {
  for (const name of ['upper', 'work']) fs.mkdirSync(`${base}/${name}`, { recursive: true });
  const options = `lowerdir=${folders},upperdir=${base}/upper,workdir=${base}/work,redirect_dir=on,index=on`;
  mount('-t', 'overlay', 'overlay', '-o', options, MOUNT);
  return () => {
    execFileSync('umount', [MOUNT], { cwd: '/' });
    fs.rmSync(base, { recursive: true });
  };
}

function copyFlat(lowers: Lowers): () => void {
  lowers.flat ??= flatten(lowers);
  execFileSync('cp', ['-a', `${lowers.flat}/.`, MOUNT], { cwd: '/' });
  return () => {
    for (const name of fs.readdirSync(MOUNT)) fs.rmSync(`${MOUNT}/${name}`, { recursive: true });
  };
}

/** What the kernel makes of layers, as a plain directory. */
function flatten(lowers: Lowers): string {
  const flat = `${BASE}/flat${flats++}`;
  const unmount = mountOverlay(`${BASE}/flatten`, lowers);
  execFileSync('cp', ['-a', MOUNT, flat], { cwd: '/', stdio: 'ignore' });
  unmount();
  return flat;
}

/** Linux has such times since 6.13 (multigrain timestamps); before, its clock went on every few milliseconds. */
function findFineClock(): boolean {
  const probe = `${BASE}/probe`;
  fs.writeFileSync(probe, '');
  const seen = new Set<bigint>();
  for (let mode = 0; mode < CLOCK_TRIES; mode++) {
    fs.chmodSync(probe, mode);
    seen.add(fs.lstatSync(probe, { bigint: true }).ctimeNs);
  }
  fs.unlinkSync(probe);
  return seen.size === CLOCK_TRIES;
}

function xattrs(): string {
  return execFileSync('getfattr', ['-R', '-P', '-h', '-d', '-m', '^user', '--absolute-names', MOUNT], {
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function ask<T>(child: ChildProcess, request: unknown): Promise<T> {
  const reply = await new Promise<Reply<T>>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Reply<T>));
    child.once('exit', () => reject(new Error('the process of the user ended')));
    if (request !== undefined) child.send(request as object);
  });
  child.removeAllListeners('exit');
  if ('error' in reply) throw new Error(reply.error);
  return reply.ok;
}

async function beRoot(): Promise<void> {
  await sortInScratch();
  process.umask(USER.umask);
  process.chdir('/');
  const user = fork(fileURLToPath(import.meta.url), ['user']);
  await ask(user, undefined);
  mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', BASE);
  protectTheRest();
  hasFineClock = findFineClock();
  fs.mkdirSync(MOUNT);
  const everyday = lowersOf(STACK, BASE);
  let count = 0;
  serve((request: RunRequest) => runAt(`${BASE}/${count++}`, everyday, request, user));
  process.on('disconnect', () => process.exit());
  process.send?.({ ok: true });
}

if (process.argv[2] === 'user') await beUser();
else await beRoot();
