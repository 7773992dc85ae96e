/** Makes the calls of a sequence, and tells what each answered and what its paths then looked like. */

import { dirname } from 'node:path';
import { FIRST_OF_CLOCK_NS } from './canonical.js';
import type { Face, XattrCall } from './faces.js';
import type { Operation } from './operations.js';
import { toldError } from './quirks.js';

/** What stat says; numbers as text, so that it can be sent between processes. */
export interface Sighting {
  /** The path, or the slot of the open file. */
  readonly of: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly size: number;
  /** With the number of the device, of which each has its own. */
  readonly ino: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  /** The ctime that setting the times back gave: the next change is told from this one. */
  readonly agedNs?: string;
  /** Of a listing: what the file holds, or the target of the symlink. */
  readonly content?: string;
}

export interface Answer {
  /** The result as text, or the error with all its fields. */
  readonly outcome: string;
  /** The error's code, where there is one. */
  readonly code?: string;
  readonly sightings: readonly (Sighting | string)[];
}

/** What the calls on statistics return when bigints are asked for. */
export interface BigStats {
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const STATS = new Set(['stat', 'lstat', 'fd:stat']);
/** Seconds. */
const LONG_AGO = 1_400_000_000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

export async function perform(face: Face, operation: Operation, xattr: XattrCall): Promise<Answer> {
  const sightings: (Sighting | string)[] = [];
  const told = await tell(face, operation, sightings, xattr);
  for (const path of lookedAt(operation)) sightings.push(await sight(face, path));
  if (operation[0].startsWith('fd:')) sightings.push(await sightFile(face, Number(operation[1])));
  return { ...told, sightings };
}

async function tell(
  face: Face,
  operation: Operation,
  sightings: (Sighting | string)[],
  xattr: XattrCall,
): Promise<Pick<Answer, 'outcome' | 'code'>> {
  try {
    const [call, ...args] = operation;
    if (call === 'xattr') return { outcome: xattr(...(args as Parameters<XattrCall>)) };
    return { outcome: resultOf(operation, await make(face, operation), sightings) };
  } catch (error) {
    return toldError(face.name, operation, error);
  }
}

async function make(face: Face, [call, ...args]: Operation): Promise<unknown> {
  if (call === 'open') return face.open(Number(args[0]), args.slice(1));
  if (STATS.has(call)) args.push({ bigint: true });
  if (call === 'opendir') return entriesOf(face, args);
  if (!call.startsWith('fd:')) return face.call(call, args);
  const [slot, ...rest] = args;
  const method = call.slice(3);
  const on = (...all: unknown[]): Promise<unknown> => face.onFile(Number(slot), method, all);
  if (method === 'read') return read(on, Number(rest[0]), rest[1]);
  if (method === 'readv' || method === 'writev') return vector(on, method, rest);
  return countOf(await on(...rest));
}

async function entriesOf(face: Face, args: readonly unknown[]): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const entry of (await face.call('opendir', args)) as AsyncIterable<unknown>) entries.push(entry);
  return entries;
}

async function read(on: (...all: unknown[]) => Promise<unknown>, size: number, position: unknown): Promise<string> {
  const buffer = Buffer.alloc(size);
  const count = countOf(await on(buffer, 0, size, position));
  return `${String(count)}: ${buffer.toString()}`;
}

async function vector(
  on: (...all: unknown[]) => Promise<unknown>,
  method: string,
  [texts, position]: readonly unknown[],
): Promise<string> {
  const buffers = (texts as string[]).map((text) =>
    method === 'readv' ? Buffer.alloc(text.length) : Buffer.from(text),
  );
  const count = countOf(await on(buffers, position));
  return `${String(count)}: ${buffers.map(String).join('|')}`;
}

/** How many bytes were moved, whichever way the face tells it. */
function countOf(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const counts = result as { bytesRead?: number; bytesWritten?: number };
  return counts.bytesRead ?? counts.bytesWritten ?? result;
}

function resultOf([call]: Operation, result: unknown, sightings: (Sighting | string)[]): string {
  if (STATS.has(call) && typeof result === 'object') {
    sightings.push(sightingOf('result', result as BigStats));
    return 'stats';
  }
  if (!Array.isArray(result)) return String(result);
  return JSON.stringify(result.map(entryOf).sort());
}

function entryOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  const { name, ...rest } = entry as {
    name: string;
    isDirectory(): boolean;
    isFile(): boolean;
    isSymbolicLink(): boolean;
  };
  const typed = entry as typeof rest;
  return `${name} ${typed.isDirectory()} ${typed.isFile()} ${typed.isSymbolicLink()}`;
}

/** The paths that a call names, and the directories that they are in. */
function lookedAt([, ...args]: Operation): string[] {
  const paths = args.filter((arg): arg is string => typeof arg === 'string' && arg.startsWith('/') && arg.length < 200);
  return [...new Set(paths.flatMap((path) => [path, dirname(path)]))];
}

async function sight(face: Face, path: string): Promise<Sighting | string> {
  try {
    const seen = sightingOf(path, await lstat(face, path));
    if (BigInt(seen.mtimeNs) < FIRST_OF_CLOCK_NS || !(await age(face, path))) return seen;
    return { ...seen, agedNs: String((await lstat(face, path)).ctimeNs) };
  } catch (error) {
    return `${path} ${String((error as NodeJS.ErrnoException).code)}`;
  }
}

async function lstat(face: Face, path: string): Promise<BigStats> {
  return (await face.call('lstat', [path, { bigint: true }])) as BigStats;
}

/**
 * Sets a time that the clock gave to an old one, so that the next change shows: two changes in a row may get the same
 * time from the clock. Only owners can; false where it was not done.
 */
async function age(face: Face, path: string): Promise<boolean> {
  try {
    await face.call('lutimes', [path, LONG_AGO, LONG_AGO]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    return false;
  }
}

async function sightFile(face: Face, slot: number): Promise<Sighting | string> {
  try {
    const stats = await face.onFile(slot, 'stat', [{ bigint: true }]);
    return typeof stats === 'string' ? stats : sightingOf(`slot ${slot}`, stats as BigStats);
  } catch (error) {
    return `slot ${slot} ${String((error as NodeJS.ErrnoException).code)}`;
  }
}

/** Sizes and link counts of directories are a file system's own affair. */
export function sightingOf(of: string, stats: BigStats, content?: string): Sighting {
  const mode = Number(stats.mode);
  const isDirectory = (mode & S_IFMT) === S_IFDIR;
  return {
    of,
    mode,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    nlink: isDirectory ? 0 : Number(stats.nlink),
    size: isDirectory ? 0 : Number(stats.size),
    ino: `${stats.dev}:${stats.ino}`,
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    ...(content === undefined ? {} : { content }),
  };
}
