/** What is loaded only when it is needed: just-bash for browsers, and the WebAssembly that writes zstd. */

import { compress, init } from '@bokuweb/zstd-wasm';
import type { BashExecResult } from 'just-bash/browser';

export * from 'just-bash/browser';

/** Under its own name, since just-bash has an `init` of its own some day. */
export const zstd: { readonly init: () => Promise<void>; readonly compress: typeof compress } = {
  init: () => init(),
  compress,
};

/** What a command printed, one character a byte; only the build for Node gives this out. */
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
