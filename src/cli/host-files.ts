/** Bytes from and to files of the host and the standard streams. */

import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { ByteStream } from '../base/stream.js';
import { write } from './io.js';
import type { Session } from './session.js';
import { UsageError } from './usage.js';

const READ_CHUNK_BYTES = 1 << 20;

/** A file's bytes in large chunks. */
export function readFileStream(path: string | Buffer): ByteStream {
  return createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}

/** Standard input, unless it is a terminal: nobody types an archive. */
export function standardInput(session: Session, hint: string): ByteStream {
  if (session.io.stdin.isTTY) throw new UsageError('there is nothing on standard input but a terminal', hint);
  return session.io.stdin;
}

/** Writes to standard output, unless it is a terminal: it would be ruined. */
export async function writeStandardOutput(
  session: Session,
  bytes: ByteStream | Iterable<Uint8Array>,
  hint: string,
): Promise<void> {
  if (session.io.stdout.isTTY) throw new UsageError('a terminal is no place for an archive', hint);
  for await (const chunk of bytes) await write(session.io.stdout, chunk);
}

/** Writes a file that appears whole or not at all; what is no regular file (a pipe, a device) is written in place. */
export async function writeFileStream(path: string, bytes: ByteStream): Promise<void> {
  if (!(await isReplaceable(path))) return fill(path, bytes);
  const partial = `${path}.partial-${process.pid}`;
  try {
    await fill(partial, bytes);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function fill(path: string, bytes: ByteStream): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of bytes) await file.appendFile(chunk);
  } finally {
    await file.close();
  }
}

async function isReplaceable(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found === undefined || found.isFile();
}
