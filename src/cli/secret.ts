/** What must not be seen: a password from a pipe, or typed on a terminal that does not show it. */

import { StringDecoder } from 'node:string_decoder';
import { type Io, write } from './io.js';
import { UsageError } from './usage.js';

/** A password is a line; a file that was piped in by mistake is not read whole. */
const SECRET_LIMIT_CHARACTERS = 64 * 1024;

const [INTERRUPT, END, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f'];

/** The secret that was piped in, without the newline at its end. */
export async function readPipedSecret(io: Io): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of io.stdin) {
    text += decoder.write(Buffer.from(chunk));
    if (text.length > SECRET_LIMIT_CHARACTERS) throw new UsageError('the password on standard input never ends');
  }
  return (text + decoder.end()).replace(/\r?\n$/, '');
}

/** Asks on the terminal; `isHidden` for what must not be shown. The question is on stderr, so that output stays clean. */
export async function ask(io: Io, question: string, options: { readonly isHidden: boolean }): Promise<string> {
  const { stdin } = io;
  if (stdin.isTTY !== true) {
    throw new UsageError('there is no terminal to ask on', 'Use -u USER and --password-stdin.');
  }
  await write(io.stderr, question);
  if (options.isHidden) stdin.setRawMode?.(true);
  try {
    return await readLine(io, options.isHidden);
  } finally {
    if (options.isHidden) {
      stdin.setRawMode?.(false);
      await write(io.stderr, '\n');
    }
  }
}

/** A terminal in raw mode edits nothing: that is done here. */
async function readLine(io: Io, isRaw: boolean): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let line = '';
  for await (const chunk of io.stdin) {
    for (const char of decoder.write(Buffer.from(chunk))) {
      if (char === '\n' || char === '\r') return line;
      if (isRaw && (char === INTERRUPT || (char === END && line === ''))) throw new UsageError('nothing was entered');
      if (isRaw && (char === BACKSPACE || char === DELETE)) line = [...line].slice(0, -1).join('');
      else if (!isRaw || char >= ' ') line += char;
    }
    if (line.length > SECRET_LIMIT_CHARACTERS) throw new UsageError('what was entered never ends');
  }
  return line;
}
