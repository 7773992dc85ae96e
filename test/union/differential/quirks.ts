/**
 * How errors are told. Calls that Node makes of several system calls name one step or another as their failing one,
 * which differs between Node's own faces and versions: of those less is compared, as is said here for each.
 */

import type { FaceName } from './faces.js';
import type { Operation } from './operations.js';

interface NodeError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  /** Bytes, where Node came to it by itself. */
  readonly path?: string | Uint8Array;
  readonly dest?: string;
}

export interface ToldError {
  readonly outcome: string;
  readonly code: string;
}

/** The error of a call as text that both sides must agree on; an error without a code is thrown on. */
export function toldError(face: FaceName, operation: Operation, error: unknown): ToldError {
  const { code, errno, syscall, path, dest, message } = error as NodeError;
  if (code === undefined) throw error;
  const outcome =
    coarse(face, operation, error as NodeError) ??
    JSON.stringify({ code, errno, syscall, path: path && String(path), dest, message });
  return { outcome, code };
}

type Told = string | undefined;

/** What is compared of some calls' errors; undefined where it is everything. docs/filesystem.md lists each by its name. */
export const TOLD_LESS: readonly ((face: FaceName, operation: Operation, error: NodeError) => Told)[] = [
  toldOfCp,
  toldOfXattr,
  toldOfReadFile,
  toldOfOpendir,
  toldOfMkdir,
];

function coarse(face: FaceName, operation: Operation, error: NodeError): Told {
  for (const told of TOLD_LESS) {
    const less = told(face, operation, error);
    if (less !== undefined) return less;
  }
  return undefined;
}

/** Of a directory that is not copied Node's faces give different numbers; and the opendir in it is told as elsewhere. */
function toldOfCp(face: FaceName, [call]: Operation, error: NodeError): Told {
  if (call !== 'cp') return undefined;
  if (error.syscall === 'opendir') return toldOfOpendir(face, ['opendir'], error);
  const { code, syscall, path, message } = error;
  return code === 'ERR_FS_EISDIR' ? JSON.stringify({ code, syscall, path, message }) : undefined;
}

/** Node has no such calls, and so no words for their errors. */
function toldOfXattr(_: FaceName, [call]: Operation, { code }: NodeError): Told {
  return call === 'xattr' ? code : undefined;
}

/** Of a descriptor that is no good the first step fails, which is fstat or read. */
function toldOfReadFile(_: FaceName, [call]: Operation, { code }: NodeError): Told {
  return call === 'fd:readFile' ? code : undefined;
}

/** The synchronous call does not tell the path. */
function toldOfOpendir(face: FaceName, [call]: Operation, { code, errno, syscall }: NodeError): Told {
  return call === 'opendir' && face === 'sync' ? `${code} ${errno} ${syscall}` : undefined;
}

/** At a dangling symlink the asynchronous call finds no directory, where the synchronous one finds nothing. */
function toldOfMkdir(face: FaceName, [call, , options]: Operation, { code, syscall }: NodeError): Told {
  const isDeep = call === 'mkdir' ? typeof options === 'object' : call === 'cp' && syscall === 'mkdir';
  if (face === 'sync' || !isDeep) return undefined;
  return code === 'ENOTDIR' ? 'ENOENT' : code;
}
