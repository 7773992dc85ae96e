/** Errors as a user reads them: one line that starts with `Error:`, a hint where there is one, the stack for `--debug`. */

import { type ErrorCode, isStratumError } from '../base/error.js';
import type { Colors } from './colors.js';
import { UsageError } from './usage.js';
import { visibleText } from './visible-text.js';

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  IMAGE_UNKNOWN: "'stratum images' lists what is in the store.",
  CONTAINER_UNKNOWN: "'stratum ps -a' lists the containers.",
  VOLUME_UNKNOWN: "'stratum volume ls' and 'stratum cache ls' list them.",
  BLOB_UNKNOWN: "'stratum fsck' checks the whole store.",
  STORE_INVALID: "'stratum fsck' checks the whole store.",
};

const UNEXPECTED = 'This is not an error that Stratum expects; --debug shows where it comes from.';

export function errorText(error: unknown, options: { readonly colors: Colors; readonly debug: boolean }): string {
  const { colors, debug } = options;
  const lines = [`${colors.red('Error:')} ${visibleText(messageOf(error))}`];
  const hint = hintFor(error);
  if (hint !== undefined) lines.push(colors.dim(hint));
  if (debug) lines.push(stackOf(error));
  return lines.map((line) => `${line}\n`).join('');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hintFor(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.hint;
  if (isStratumError(error)) return HINTS[error.code];
  return typeof (error as { code?: unknown } | undefined)?.code === 'string' ? undefined : UNEXPECTED;
}

/** The stack, and those of the causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}
