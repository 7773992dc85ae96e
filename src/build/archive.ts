/** Archives that ADD unpacks: a tar, plain or compressed, known by what it holds and never by its name. */

import { isStratumError } from '../base/error.js';
import type { Change } from '../layer/change.js';
import { ChangesetReader } from '../layer/changeset.js';
import { decodeLayer } from '../layer/decode.js';
import { HeldBytes } from '../layer/held-bytes.js';
import { codecOf } from './decompress.js';

const BLOCK_BYTES = 512;
const CHECKSUM = { at: 148, length: 8 };
const SPACE = 0x20;

/** What an archive may come to when it is unpacked. */
const UNPACKED_LIMIT_BYTES = 4 * 1024 ** 3;

/**
 * The entries of an archive; undefined for what is none. Fails with TAR_INVALID for one that begins well and breaks,
 * with LIMIT_EXCEEDED for one that unpacks to more than `limitBytes`.
 */
export async function archiveChanges(
  bytes: Uint8Array,
  limitBytes: number = UNPACKED_LIMIT_BYTES,
): Promise<readonly Change[] | undefined> {
  const codec = codecOf(bytes);
  const tar = codec === undefined ? bytes : await unpacked(() => codec(bytes, limitBytes));
  if (tar === undefined || !isTar(tar)) return undefined;
  return entriesOf(tar);
}

async function entriesOf(tar: Uint8Array): Promise<readonly Change[]> {
  const bytes = new HeldBytes();
  const entries = new ChangesetReader(bytes);
  await decodeLayer(tar, {
    entry: (entry) => {
      // Some archives hold an entry without a name, which nobody can unpack.
      if (entry.path !== '' || entry.type === 'directory') entries.add(entry);
    },
    tar: (chunk) => bytes.add(chunk),
  });
  bytes.finish();
  entries.finish();
  return entries.changes;
}

/** What is compressed but broken is no archive. */
async function unpacked(decompress: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await decompress();
  } catch (error) {
    if (isStratumError(error, 'UNSUPPORTED') || isStratumError(error, 'LIMIT_EXCEEDED')) throw error;
    return undefined;
  }
}

/** True when the first block is a header whose checksum is right, or the end of an empty archive. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < BLOCK_BYTES) return false;
  const header = bytes.subarray(0, BLOCK_BYTES);
  if (header.every((byte) => byte === 0)) return bytes.length >= 2 * BLOCK_BYTES;
  const field = String.fromCharCode(...header.subarray(CHECKSUM.at, CHECKSUM.at + CHECKSUM.length));
  const said = Number.parseInt(field.replaceAll('\0', ' ').trim(), 8);
  const sum = header.reduce((total, byte, at) => total + (isChecksum(at) ? SPACE : byte), 0);
  return said === sum;
}

function isChecksum(at: number): boolean {
  return at >= CHECKSUM.at && at < CHECKSUM.at + CHECKSUM.length;
}
