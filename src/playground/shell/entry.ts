/** The script of the shell: just-bash for browsers, with the two of its functions that only its build for Node gives out. */

import type { BashExecResult } from 'just-bash/browser';

export * from 'just-bash/browser';

/** What a command printed, one character a byte. */
export function stdoutAsBytes(result: BashExecResult & { readonly stdoutKind?: 'text' | 'bytes' }): string {
  const { stdout, stdoutKind } = result;
  if (stdoutKind === 'bytes') return stdout;
  let text = '';
  for (const byte of new TextEncoder().encode(stdout)) text += String.fromCharCode(byte);
  return text;
}

export function latin1FromBytes(bytes: string): string {
  return bytes;
}
