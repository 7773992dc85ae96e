/** Words that open a here-document: `<<EOF`, `3<<-'EOF'`. */

import { splitWords } from './expand.js';

export interface HeredocWord {
  readonly name: string;
  readonly fd: number;
  readonly expand: boolean;
  /** Tabs at the beginning of its lines go. */
  readonly chomp: boolean;
}

const HEREDOC = /^(\d*)<<(-?)\s*([^<]*)$/;

/** The here-document that a word opens; undefined for a word that opens none. */
export function heredocWord(word: string): HeredocWord | undefined {
  const match = HEREDOC.exec(word);
  if (match === null) return undefined;
  const [, fd = '', dash, rest = ''] = match;
  if (rest === '') return undefined;
  const [name, ...more] = splitWords(rest, { raw: false });
  const [raw] = splitWords(rest, { raw: true });
  if (name === undefined || raw === undefined || more.length > 0) return undefined;
  return { name, fd: Number(fd), chomp: dash === '-', expand: quotesIn(name) === quotesIn(raw) };
}

/** Those of a line, in its order. */
export function heredocWords(line: string): HeredocWord[] {
  return words(line).flatMap((word) => heredocWord(word) ?? []);
}

export function withoutTabs(content: string): string {
  return content.replace(/^\t+/gm, '');
}

function quotesIn(text: string): number {
  return text.match(/['"]/g)?.length ?? 0;
}

/** A line with an open quote is the shell's to refuse. */
function words(line: string): string[] {
  try {
    return splitWords(line, { raw: true, rawEscapes: true });
  } catch {
    return [];
  }
}
