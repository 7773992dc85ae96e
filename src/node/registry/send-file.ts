/** A part of a file on its way to a client, in blocks of memory that are used again. */

import type { ServerResponse } from 'node:http';
import type { StoreFile } from '../../blob/files.js';
import type { FilePart } from '../../registry/server/blob-answer.js';

const BLOCK_BYTES = 256 * 1024;

/** Sends it; false when it could not be, or the client went away. The next block is read while the last is sent. */
export async function sendFile(part: FilePart, outgoing: ServerResponse): Promise<boolean> {
  const file = await part.files.promises.open(part.path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    return await sendBlocks(file, part, outgoing);
  } finally {
    await file.close();
  }
}

async function sendBlocks(file: StoreFile, { offset, length }: FilePart, outgoing: ServerResponse): Promise<boolean> {
  const blocks = [new Uint8Array(BLOCK_BYTES), new Uint8Array(BLOCK_BYTES)];
  let sending = Promise.resolve(true);
  for (let at = 0, turn = 0; at < length; turn = 1 - turn) {
    const block = blocks[turn] ?? new Uint8Array(BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, Math.min(BLOCK_BYTES, length - at), offset + at);
    if (bytesRead === 0 || !(await sending)) return false;
    at += bytesRead;
    sending = write(block.subarray(0, bytesRead), outgoing);
  }
  return sending;
}

/** True when the bytes are sent, and their memory free again. */
function write(bytes: Uint8Array, outgoing: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) return resolve(false);
    const giveUp = (): void => resolve(false);
    outgoing.once('close', giveUp);
    outgoing.write(bytes, (error) => {
      outgoing.off('close', giveUp);
      resolve(error === undefined || error === null);
    });
  });
}
