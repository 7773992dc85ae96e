/** How the arguments of an instruction fall into words. */

import { invalid } from './error.js';

/** Blanks part words, but not within quotes; quotes and escapes stay in the words. */
export function quotedWords(text: string, escapeToken: string): string[] {
  const words: string[] = [];
  let word: string[] = [];
  let quote = '';
  let isEmptyWord = false;
  const end = () => {
    if (isEmptyWord || word.length > 0) words.push(word.join(''));
    word = [];
    isEmptyWord = false;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote === '' && /\s/.test(char)) {
      end();
      continue;
    }
    if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) {
      quote = char;
      isEmptyWord = true;
    }
    if (char === escapeToken && quote !== "'") {
      if (i + 1 === text.length) continue;
      word.push(char, text.charAt(++i));
    } else word.push(char);
  }
  end();
  return words;
}

/** Blanks part words, whatever is in them. */
export function plainWords(text: string): string[] {
  return text === '' ? [] : text.split(/[\t\v\f\r ]+/);
}

/** A list of strings in JSON; undefined for what is none, which is then read as words. */
export function jsonList(text: string): string[] | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  if (list.every((item) => typeof item === 'string')) return list;
  throw invalid('when using JSON array syntax, arrays must be comprised of strings only');
}

export interface SplitFlags {
  /** `--name` and `--name=value`, without quotes. */
  readonly flags: readonly string[];
  readonly rest: string;
}

/** Parts the flags from what follows them; `--` alone ends them. */
export function splitFlags(text: string, escapeToken: string): SplitFlags {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at) };
    const { word, end } = flagWord(text, at, escapeToken);
    at = end;
    if (word === '--') return { flags, rest: text.slice(at).trimStart() };
    flags.push(word);
  }
}

function flagWord(text: string, start: number, escapeToken: string): { word: string; end: number } {
  const word: string[] = [];
  let quote = '';
  let at = start;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === '' && /\s/.test(char)) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char !== escapeToken) word.push(char);
    else if (at + 1 < text.length) word.push(text.charAt(++at));
  }
  return { word: word.join(''), end: at };
}
