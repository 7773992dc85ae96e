/**
 * Words as the Dockerfile's small shell sees them: quotes, escapes, variables with their modifiers.
 *
 * What it does is Dockerfile reference, "Environment replacement"; the messages are BuildKit's.
 */

import { StratumError } from '../base/error.js';
import { invalid } from './error.js';
import { replaceMatches, trimPrefix, trimSuffix } from './shell-pattern.js';

export type Variables = ReadonlyMap<string, string>;

export interface ExpandOptions {
  readonly env: Variables;
  readonly escapeToken?: '\\' | '`' | undefined;
  /** Told the name of each variable that is not set. */
  readonly onUnset?: ((name: string) => void) | undefined;
  /** Told the name of each variable that is. */
  readonly onUse?: ((name: string) => void) | undefined;
}

interface LexerOptions extends ExpandOptions {
  /** Keeps quotes where they are. */
  readonly rawQuotes?: boolean;
  readonly rawEscapes?: boolean;
  /** Takes quotes for what they are not: letters. */
  readonly skipQuotes?: boolean;
  /** Leaves variables that are not set as they are written. */
  readonly keepUnset?: boolean;
}

/** Words in words in words: more is no Dockerfile. */
const DEPTH_LIMIT = 100;
/** Characters of a word in a message. */
const LONGEST_SHOWN = 200;
const NO_VARIABLES: Variables = new Map();

/** One word: quotes are gone, variables are replaced. Fails with DOCKERFILE_INVALID. */
export function expandWord(word: string, options: ExpandOptions): string {
  if (!/[$'"\\`<]/.test(word)) return word;
  return processed(word, options).text;
}

/** A word that may become several, where a variable outside quotes holds blanks. */
export function expandWords(word: string, options: ExpandOptions): string[] {
  return processed(word, options).words;
}

/** The body of a heredoc: variables are replaced, quotes are letters. */
export function expandHeredoc(text: string, options: Omit<ExpandOptions, 'escape'>): string {
  return processed(text, { ...options, escapeToken: '\\', skipQuotes: true }).text;
}

/** The words of a line, with quotes as they are or gone; variables stay. */
export function splitWords(line: string, options: { readonly raw: boolean; readonly rawEscapes?: boolean }): string[] {
  const { raw, rawEscapes = false } = options;
  return processed(line, { env: NO_VARIABLES, keepUnset: true, rawQuotes: raw, rawEscapes }).words;
}

interface Reading {
  readonly text: string;
  readonly words: string[];
}

function processed(text: string, options: LexerOptions): Reading {
  try {
    return new Lexer(text, options).read();
  } catch (error) {
    if (!(error instanceof StratumError)) throw error;
    const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
    throw invalid(`failed to process ${JSON.stringify(shown)}: ${error.what}`);
  }
}

const SPECIAL = '@*#?-$!0';
const SPACE = /\s/;
const NAME_CHAR = /[\p{L}\p{Nd}_]/u;
const DIGIT = /\p{Nd}/u;

class Lexer {
  readonly #text: string;
  readonly #options: LexerOptions;
  readonly #escape: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, options: LexerOptions) {
    this.#text = text;
    this.#options = options;
    this.#escape = options.escapeToken ?? '\\';
  }

  read(): Reading {
    return this.#readTo(undefined, this.#options.rawEscapes === true);
  }

  get #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #next(): string {
    return this.#text.charAt(this.#at++);
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #readTo(stop: string | undefined, rawEscapes: boolean): Reading {
    if (++this.#depth > DEPTH_LIMIT) throw invalid(`substitutions nested more than ${DEPTH_LIMIT} deep`);
    const reading = new WordCollector();
    while (!this.#isAtEnd) {
      const char = this.#peek;
      if (char === stop) {
        this.#at++;
        this.#depth--;
        return reading.finish();
      }
      this.#readOne(char, reading, rawEscapes);
    }
    this.#depth--;
    if (stop === undefined) return reading.finish();
    throw invalid(`unexpected end of statement while looking for matching ${stop}`);
  }

  #readOne(char: string, reading: WordCollector, rawEscapes: boolean): void {
    const hasQuotes = this.#options.skipQuotes !== true;
    if (char === '$') reading.addSplit(this.#dollar());
    else if (char === '<') reading.addWhole(this.#angle());
    else if (hasQuotes && char === "'") reading.addWhole(this.#singleQuoted());
    else if (hasQuotes && char === '"') reading.addWhole(this.#doubleQuoted(rawEscapes));
    else if (this.#next() !== this.#escape) reading.addSplit(char);
    else {
      if (rawEscapes) reading.addWhole(char);
      if (!this.#isAtEnd) reading.addWhole(this.#next());
    }
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw invalid('unexpected end of statement while looking for matching single-quote');
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return this.#options.rawQuotes === true ? `'${inside}'` : inside;
  }

  #doubleQuoted(rawEscapes: boolean): string {
    this.#at++;
    const parts: string[] = [];
    while (!this.#isAtEnd) {
      const char = this.#peek;
      if (char === '"') {
        this.#at++;
        const inside = parts.join('');
        return this.#options.rawQuotes === true ? `"${inside}"` : inside;
      }
      parts.push(char === '$' ? this.#dollar() : this.#quotedChar(rawEscapes));
    }
    throw invalid('unexpected end of statement while looking for matching double-quote');
  }

  #quotedChar(rawEscapes: boolean): string {
    const char = this.#next();
    if (char !== this.#escape) return char;
    const isEscaped = this.#peek === '"' || this.#peek === '$' || this.#peek === this.#escape;
    if (this.#isAtEnd) return rawEscapes ? char : '';
    return (rawEscapes ? char : '') + (isEscaped ? this.#next() : char);
  }

  /** `<<` takes the blanks behind it along, so that `<< EOF` is one word. */
  #angle(): string {
    this.#at++;
    if (this.#peek !== '<') return '<';
    this.#at++;
    const blanks = /[\t\r ]*/y;
    blanks.lastIndex = this.#at;
    const [space] = blanks.exec(this.#text) as RegExpExecArray;
    this.#at += space.length;
    return `<<${space}`;
  }

  #dollar(): string {
    this.#at++;
    if (this.#peek === '{') return this.#braced();
    const name = this.#name();
    if (name === '') return '$';
    const value = this.#valueOf(name);
    return value === undefined && this.#options.keepUnset === true ? `$${name}` : (value ?? '');
  }

  #braced(): string {
    this.#at++;
    if (this.#isAtEnd) throw invalid("syntax error: missing '}'");
    if ('{}:'.includes(this.#peek)) throw invalid('syntax error: bad substitution');
    const name = this.#name();
    const char = this.#next();
    if (char === '}') {
      const value = this.#valueOf(name);
      return value === undefined && this.#options.keepUnset === true ? `\${${name}}` : (value ?? '');
    }
    if (char === '/') return this.#replaced(name);
    const modifier = char === ':' ? this.#next() : char;
    const shown = char === ':' ? `:${modifier}` : char;
    const isTrim = modifier === '#' || modifier === '%';
    if (!'+-?#%'.includes(modifier) && char !== ':') throw invalid(unsupported(shown));
    if (modifier === '' || (isTrim && char === ':')) throw invalid(unsupported(shown));
    const word = this.#wordTo('}', isTrim, "syntax error: missing '}'");
    if (!'+-?#%'.includes(modifier)) throw invalid(unsupported(shown));
    const value = this.#valueOf(name);
    if (value === undefined && this.#options.keepUnset === true) return `\${${name}${shown}${word}}`;
    return modified({ name, value, modifier, word, isEmptyUnset: char === ':' });
  }

  #replaced(name: string): string {
    const isAll = this.#peek === '/';
    if (isAll) this.#at++;
    const pattern = this.#wordTo('/', true, "syntax error: missing '/' in $" + '{}');
    const replacement = this.#wordTo('}', true, "syntax error: missing '}'");
    const value = this.#valueOf(name);
    if (value === undefined && this.#options.keepUnset === true) return `\${${name}/${pattern}/${replacement}}`;
    return replaceMatches(value ?? '', pattern, { to: replacement, all: isAll });
  }

  #wordTo(stop: string, rawEscapes: boolean, atEnd: string): string {
    try {
      return this.#readTo(stop, rawEscapes).text;
    } catch (error) {
      if (this.#isAtEnd && this.#depth < DEPTH_LIMIT) throw invalid(atEnd);
      throw error;
    }
  }

  #name(): string {
    const start = this.#at;
    const first = this.#peek;
    if (DIGIT.test(first)) while (DIGIT.test(this.#peek)) this.#at++;
    else if (first !== '' && SPECIAL.includes(first)) this.#at++;
    else while (this.#peek !== '' && NAME_CHAR.test(this.#peek)) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #valueOf(name: string): string | undefined {
    const value = this.#options.env.get(name);
    if (value === undefined) this.#options.onUnset?.(name);
    else this.#options.onUse?.(name);
    return value;
  }
}

function unsupported(modifier: string): string {
  return `unsupported modifier (${modifier}) in substitution`;
}

interface Modified {
  readonly name: string;
  readonly value: string | undefined;
  readonly modifier: string;
  readonly word: string;
  /** With a colon an empty value counts as none. */
  readonly isEmptyUnset: boolean;
}

function modified({ name, value, modifier, word, isEmptyUnset }: Modified): string {
  const isUnset = value === undefined || (isEmptyUnset && value === '');
  if (modifier === '-') return isUnset ? word : value;
  if (modifier === '+') return isUnset ? '' : word;
  if (modifier === '?') {
    if (!isUnset) return value;
    throw invalid(`${name}: ${word || `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`}`);
  }
  const isGreedy = word.startsWith(modifier);
  const pattern = isGreedy ? word.slice(1) : word;
  return modifier === '#' ? trimPrefix(value ?? '', pattern, isGreedy) : trimSuffix(value ?? '', pattern, isGreedy);
}

/** Collects a text, and the words that it falls into at blanks outside quotes. */
class WordCollector {
  readonly #text: string[] = [];
  readonly #words: string[] = [];
  #word: string[] = [];

  /** Text that begins a new word at each blank. */
  addSplit(text: string): void {
    this.#text.push(text);
    for (const char of text) {
      if (!SPACE.test(char)) this.#word.push(char);
      else this.#endWord();
    }
  }

  addWhole(text: string): void {
    this.#text.push(text);
    this.#word.push(text);
  }

  finish(): Reading {
    this.#endWord();
    return { text: this.#text.join(''), words: this.#words };
  }

  #endWord(): void {
    const word = this.#word.join('');
    if (word !== '') this.#words.push(word);
    this.#word = [];
  }
}
