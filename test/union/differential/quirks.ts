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
  readonly path?: string;
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
  const outcome = coarse(face, operation, code) ?? JSON.stringify({ code, errno, syscall, path, dest, message });
  return { outcome, code };
}

type Told = string | undefined;

/** What is compared of some calls' errors; undefined where it is everything. docs/filesystem.md lists each by its name. */
export const TOLD_LESS: readonly ((face: FaceName, operation: Operation, code: string) => Told)[] = [
  toldOfCp,
  toldOfXattr,
  toldOfReadFile,
  toldOfOpendir,
  toldOfRm,
  toldOfMkdir,
];

function coarse(face: FaceName, operation: Operation, code: string): Told {
  for (const told of TOLD_LESS) {
    const less = told(face, operation, code);
    if (less !== undefined) return less;
  }
  return undefined;
}

/** The asynchronous cp looks at both paths at once, and tells whichever error comes first. */
function toldOfCp(face: FaceName, [call]: Operation, code: string): Told {
  if (call !== 'cp') return undefined;
  return face === 'sync' ? code : 'fails';
}

/** Node has no such calls, and so no words for their errors. */
function toldOfXattr(_: FaceName, [call]: Operation, code: string): Told {
  return call === 'xattr' ? code : undefined;
}

/** Of a descriptor that is no good the first step fails, which is fstat or read. */
function toldOfReadFile(_: FaceName, [call]: Operation): Told {
  return call === 'fd:readFile' ? 'fails' : undefined;
}

/** The synchronous call does not tell the path. */
function toldOfOpendir(face: FaceName, [call]: Operation, code: string): Told {
  return call === 'opendir' && face === 'sync' ? code : undefined;
}

/** Which step fails depends on the face. */
function toldOfRm(face: FaceName, [call, , options]: Operation, code: string): Told {
  return call === 'rm' && (face !== 'sync' || isForced(options)) ? code : undefined;
}

/** At a dangling symlink the asynchronous call finds no directory, where the synchronous one finds nothing. */
function toldOfMkdir(face: FaceName, [call, , options]: Operation, code: string): Told {
  if (call !== 'mkdir' || face === 'sync' || typeof options !== 'object') return undefined;
  return code === 'ENOTDIR' ? 'ENOENT' : code;
}

/** With `force` the synchronous rm does not look at the path first, the others do. */
function isForced(options: unknown): boolean {
  return (options as { force?: boolean } | undefined)?.force === true;
}
