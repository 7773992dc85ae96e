/** A few calls on a few names below any directory, for fs objects that have not all of Node's calls, or no layers below. */

import fc from 'fast-check';
import type { AnyFs } from './faces.js';
import { type Operation, someCalls } from './operations.js';

const CALLS = [
  'writeFile',
  'appendFile',
  'truncate',
  'mkdir',
  'rmdir',
  'unlink',
  'rename',
  'link',
  'symlink',
  'chmod',
  'readFile',
];

const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const target = fc.oneof(
  path.map((absolute) => absolute.slice(1)),
  fc.constant('..'),
  fc.constant('b'),
);

/** Absolute paths are below whatever directory stands for the root. */
export const fewCalls: fc.Arbitrary<Operation> = someCalls(CALLS, { path, target });

type AnyCall = (...args: unknown[]) => unknown;

/** Makes one call of the synchronous face below `root`; the answer, or the code of the error. */
export function answerOf(fs: AnyFs, root: string, [call, ...args]: Operation): string {
  const rooted = args.map((arg) => (typeof arg === 'string' && arg.startsWith('/') ? root + arg : arg));
  try {
    const answer = String((fs as unknown as Record<string, AnyCall>)[`${call}Sync`]?.(...rooted));
    return answer.startsWith(`${root}/`) ? answer.slice(root.length) : answer;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** What lies below, made by the same calls: directories, hard links, symlinks, a full and an empty tree. */
export const LOWER: readonly Operation[] = [
  ['mkdir', '/a'],
  ['writeFile', '/a/a', 'lower a'],
  ['mkdir', '/a/b'],
  ['writeFile', '/a/b/c', 'lower c'],
  ['link', '/a/a', '/a/c'],
  ['mkdir', '/b'],
  ['symlink', '../a/b', '/b/a'],
  ['symlink', 'nowhere', '/b/b'],
  ['writeFile', '/c', 'lower top'],
];
