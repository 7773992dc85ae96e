/**
 * The part of a file system that a store on disk needs; `node:fs` and a memfs volume both have it, as they are. A
 * document is written to a temporary file, synced and renamed, so that it is seen whole or not at all.
 */

import { utf8, utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { type ByteSource, type ByteStream, collectBytes, inPieces } from '../base/stream.js';

/** An open file, as the promise API of `fs` gives it. */
export interface StoreFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  stat(): Promise<{ readonly size: number }>;
  close(): Promise<void>;
}

export interface StoreFiles {
  readonly promises: {
    open(path: string, flags: string, mode?: number): Promise<StoreFile>;
    mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
    readdir(path: string): Promise<readonly unknown[]>;
    rename(from: string, to: string): Promise<void>;
    unlink(path: string): Promise<void>;
    stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  };
  // For bytes that must be at hand without waiting.
  openSync(path: string, flags: string): number;
  readSync(fd: number, into: Uint8Array, offset: number, length: number, position: number): number;
}

/** Chunks that a file is read in; larger ones make the digest faster, smaller ones save memory. */
const CHUNK_BYTES = 1024 * 1024;
const SHORT_BYTES = 16 * 1024;
const FILE_MODE = 0o644;
/** A lock or a temporary file that nobody touched for this long belonged to a process that died. */
const STALE_MS = 60 * 60 * 1000;
const LOCK_STALE_MS = 10_000;
const LOCK_WAIT_MS = 15;
const TEMPORARY = '.tmp-';

/** Reads part of a file in chunks; `undefined` as length reads to its end. The file is opened when reading starts. */
export async function* readFile(files: StoreFiles, path: string, offset: number = 0, length?: number): ByteStream {
  const file = await files.promises.open(path, 'r');
  try {
    const end = length === undefined ? Number.POSITIVE_INFINITY : offset + length;
    for (let at = offset; at < end; ) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** A whole document; `undefined` when there is none. */
export async function readDocument(files: StoreFiles, path: string): Promise<Uint8Array | undefined> {
  try {
    return (await readShort(files, path)) ?? (await collectBytes(readFile(files, path)));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A file that is shorter than most documents, in one read: only at its end a file gives less than was asked for. */
async function readShort(files: StoreFiles, path: string): Promise<Uint8Array | undefined> {
  const file = await files.promises.open(path, 'r');
  try {
    const bytes = new Uint8Array(SHORT_BYTES);
    const { bytesRead } = await file.read(bytes, 0, SHORT_BYTES, 0);
    return bytesRead < SHORT_BYTES ? bytes.slice(0, bytesRead) : undefined;
  } finally {
    await file.close();
  }
}

/** Writes a stream to a temporary file and gives it its name once `finish` has agreed; otherwise nothing is left. */
export async function writeWhole<T>(
  files: StoreFiles,
  folder: string,
  source: ByteSource,
  finish: () => { readonly name: string; readonly result: T },
): Promise<T> {
  const temporary = `${folder}/${TEMPORARY}${uniqueName()}`;
  // Folders are there nearly always: they are made when it turns out that they are not.
  const file = await withFolder(files, folder, () => files.promises.open(temporary, 'wx', FILE_MODE));
  try {
    await writeAndSync(file, source, temporary);
    const { name, result } = finish();
    await moveFile(files, temporary, `${folder}/${name}`);
    return result;
  } catch (error) {
    await removeFile(files, temporary);
    throw error;
  }
}

/** Gives a file another name, in a folder that need not be there. */
export async function moveFile(files: StoreFiles, from: string, to: string): Promise<void> {
  await withFolder(files, parentFolder(to), () => files.promises.rename(from, to));
}

/** Writes a new file that may be lost when the machine fails; its folder need not be there. */
export async function writeUnsynced(files: StoreFiles, path: string, bytes: Uint8Array): Promise<void> {
  const file = await withFolder(files, parentFolder(path), () => files.promises.open(path, 'wx', FILE_MODE));
  try {
    await writeAll(file, bytes, path);
  } finally {
    await file.close();
  }
}

async function withFolder<T>(files: StoreFiles, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await files.promises.mkdir(folder, { recursive: true });
    return work();
  }
}

/** Replaces a document. */
export async function writeDocument(files: StoreFiles, path: string, source: ByteSource): Promise<void> {
  const slash = path.lastIndexOf('/');
  await writeWhole(files, path.slice(0, slash), source, () => ({ name: path.slice(slash + 1), result: undefined }));
}

/** Removes a file; false when there was none. */
export async function removeFile(files: StoreFiles, path: string): Promise<boolean> {
  try {
    await files.promises.unlink(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** The documents of a folder, sorted; none when there is no folder. Temporary files are not among them. */
export async function listFolder(files: StoreFiles, folder: string): Promise<string[]> {
  try {
    const names = (await files.promises.readdir(folder)).map(String);
    return names.filter((name) => !name.startsWith(TEMPORARY)).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Size of a file in bytes; `undefined` when there is none. */
export async function fileSize(files: StoreFiles, path: string): Promise<number | undefined> {
  try {
    return (await files.promises.stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Removes what writers that died left in a folder; returns how many files went. */
export async function sweepTemporary(files: StoreFiles, folder: string): Promise<number> {
  let swept = 0;
  for (const name of await files.promises.readdir(folder).catch(() => [])) {
    const path = `${folder}/${String(name)}`;
    if (String(name).startsWith(TEMPORARY) && (await isStale(files, path, STALE_MS))) {
      if (await removeFile(files, path)) swept++;
    }
  }
  return swept;
}

/** Removes what writers that died left in a directory and in the folders right in it; returns how many files went. */
export async function sweepFolders(files: StoreFiles, directory: string): Promise<number> {
  let swept = await sweepTemporary(files, directory);
  for (const name of await listFolder(files, directory)) swept += await sweepTemporary(files, `${directory}/${name}`);
  return swept;
}

/**
 * Runs `work`, which must be short, while no other process does under the same lock. A lock that is old belonged to a
 * process that died, and is broken; whoever held it after all does not take away the lock of the next.
 */
export async function withLock<T>(files: StoreFiles, path: string, work: () => Promise<T>): Promise<T> {
  const token = uniqueName();
  while (!(await tryLock(files, path, token))) {
    if (await isStale(files, path, LOCK_STALE_MS)) await removeFile(files, path);
    await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
  }
  try {
    return await work();
  } finally {
    const holder = await readDocument(files, path);
    if (holder !== undefined && utf8Text(holder) === token) await removeFile(files, path);
  }
}

async function tryLock(files: StoreFiles, path: string, token: string): Promise<boolean> {
  try {
    await writeSynced(files, path, utf8(token));
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false;
    throw error;
  }
}

/** True for the error of a path that is not there. */
export function isAbsent(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function writeSynced(files: StoreFiles, path: string, source: ByteSource): Promise<void> {
  await writeAndSync(await files.promises.open(path, 'wx', FILE_MODE), source, path);
}

/** Writes a stream to a new file, and closes it. */
async function writeAndSync(file: StoreFile, source: ByteSource, path: string): Promise<void> {
  // A piece is on its way to the disk while the next is made: received, hashed, inflated.
  let written: Promise<void> = Promise.resolve();
  try {
    for await (const piece of inPieces(source, CHUNK_BYTES)) {
      await written;
      written = writeAll(file, piece, path);
      written.catch(() => {});
    }
    await written;
    await file.sync();
  } finally {
    await written.catch(() => {});
    await file.close();
  }
}

/** Writes all of a chunk where the file stands. */
export async function writeAll(file: StoreFile, chunk: Uint8Array, path: string): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at, chunk.length - at);
    if (bytesWritten === 0) throw new StratumError('STORE_INVALID', 'the file takes no more bytes', { file: path });
    at += bytesWritten;
  }
}

async function isStale(files: StoreFiles, path: string, ageMs: number): Promise<boolean> {
  try {
    return Date.now() - (await files.promises.stat(path)).mtimeMs > ageMs;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function uniqueName(): string {
  return globalThis.crypto.randomUUID();
}

function parentFolder(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
