/** Patterns of image names, as `docker images 'app*'` takes them: Go's path.Match over the name with and without tag. */

import type { ImageSummary } from '../engine/records.js';
import { UsageError } from './usage.js';

const WILDCARDS = /[*?[\\]/;

/** True when a reference is a pattern and not a name. */
export function isReferencePattern(reference: string): boolean {
  return WILDCARDS.test(reference);
}

/** Whether an image has a name that the pattern fits. */
export function referenceMatcher(pattern: string): (image: ImageSummary) => boolean {
  const expression = patternExpression(pattern);
  return ({ repository, tag }) =>
    repository !== undefined &&
    (expression.test(repository) || (tag !== undefined && expression.test(`${repository}:${tag}`)));
}

/** `*` and `?` stand for characters other than a slash, `[a-z]` and `[^a-z]` for one of or outside a range. */
function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /\\(.)|\[(\^?)([^\]]+)\]|[*?]|[^\w]/g,
    (all, escaped?: string, not?: string, range?: string) => {
      if (escaped !== undefined) return `\\u{${escaped.codePointAt(0)?.toString(16)}}`;
      if (range !== undefined) return `[${not ? '^/' : ''}${range.replace(/[\\&|~[\]{}()/]/g, '\\$&')}]`;
      if (all === '*') return '[^/]*';
      if (all === '?') return '[^/]';
      return `\\u{${all.codePointAt(0)?.toString(16)}}`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 'u');
  } catch {
    throw new UsageError(`'${pattern}' is no pattern`, 'Use * and ? for any characters, [a-z] for a range.');
  }
}
