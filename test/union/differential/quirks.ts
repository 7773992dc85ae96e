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

function coarse(face: FaceName, [call, ...args]: Operation, code: string): string | undefined {
  // The asynchronous cp looks at both paths at once, and tells whichever error comes first.
  if (call === 'cp') return face === 'sync' ? code : 'fails';
  // Node has no such calls, and so no words for their errors.
  if (call === 'xattr') return code;
  // Of a descriptor that is no good the first step fails, which is fstat or read.
  if (call === 'fd:readFile') return 'fails';
  // The synchronous call does not tell the path.
  if (call === 'opendir' && face === 'sync') return code;
  if (call === 'rm' && (face !== 'sync' || isForced(args[1]))) return code;
  if (face === 'sync') return undefined;
  // At a dangling symlink the asynchronous call finds no directory, where the synchronous one finds nothing.
  if (call === 'mkdir' && typeof args[1] === 'object') return code === 'ENOTDIR' ? 'ENOENT' : code;
  return undefined;
}

/** With `force` the synchronous rm does not look at the path first, the others do. */
function isForced(options: unknown): boolean {
  return (options as { force?: boolean } | undefined)?.force === true;
}
