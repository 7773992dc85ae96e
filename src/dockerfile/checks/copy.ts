/** Checks of what COPY and ADD take from the context. */

import type { AddInstruction, CopyInstruction } from '../ast.js';
import type { Warnings } from './rules.js';

/** What .dockerignore leaves out; a `PathPatternList` is one. */
export interface IgnoredPaths {
  matches(path: string): boolean;
  /** True when something is taken back: nothing can be said of a directory then. */
  readonly hasExceptions?: boolean;
  readonly patterns?: readonly { readonly text: string }[];
}

/** Patterns after which nothing of a context is left. */
const ALL = ['*', '**', '**/*'];

export function checkCopy(
  instruction: CopyInstruction | AddInstruction,
  sources: readonly string[],
  ignore: IgnoredPaths | undefined,
  warnings: Warnings,
): void {
  if (ignore === undefined || ignore.hasExceptions === true) return;
  if (instruction.kind === 'copy' && instruction.from !== undefined) return;
  const verb = instruction.kind === 'add' ? 'Add' : 'Copy';
  for (const written of sources) {
    const path = cleaned(written);
    if (/^(?:https?:\/\/|git@)/.test(written) || !isIgnored(path, ignore)) continue;
    const detail = `Attempting to ${verb} file ${JSON.stringify(path)} that is excluded by .dockerignore`;
    warnings.add('CopyIgnoredFile', instruction.range, detail);
  }
}

function isIgnored(path: string, ignore: IgnoredPaths): boolean {
  if (path !== '.') return ignore.matches(path);
  return ignore.patterns?.some(({ text }) => ALL.includes(text)) ?? false;
}

/** From the root of the context, which nothing leaves. */
function cleaned(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.length === 0 ? '.' : names.join('/');
}
