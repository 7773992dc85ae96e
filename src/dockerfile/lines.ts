/** From text to instructions in one line each: directives, comments, continuations, here-documents. */

import type { Directives, Heredoc, SourceRange } from './ast.js';
import { DockerfileError } from './error.js';
import { heredocWords, withoutTabs } from './heredoc.js';

export interface LogicalLine {
  /** Continuation lines are joined, comments between them are gone. */
  readonly text: string;
  readonly range: SourceRange;
  readonly heredocs: readonly Heredoc[];
  /** True when an empty line stood between continuation lines. */
  readonly hasEmptyContinuation: boolean;
  /** Comments right above, without `#`. */
  readonly comments: readonly string[];
}

export interface DockerfileLines {
  readonly lines: readonly LogicalLine[];
  readonly directives: Directives;
}

/** What a Dockerfile may come to. */
const SIZE_LIMIT = 64 * 1024 * 1024;
const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/;
const KNOWN_DIRECTIVES = ['syntax', 'escape', 'check'];
const HEREDOC_INSTRUCTIONS = /^\s*(?:onbuild\s+)?(?:run|copy|add)\b/i;

export function readLines(text: string, file: string): DockerfileLines {
  if (text.length > SIZE_LIMIT) throw new DockerfileError(`file of more than ${SIZE_LIMIT} characters`, { file });
  return new LineReader(text, file).read();
}

class LineReader {
  readonly #raw: readonly string[];
  readonly #file: string;
  readonly #found: Map<string, string> = new Map();
  readonly #lines: LogicalLine[] = [];
  #at = 0;
  #escape: '\\' | '`' = '\\';
  #comments: string[] = [];

  constructor(text: string, file: string) {
    const lines = text.replace(/^\ufeff/, '').split('\n');
    if (lines.at(-1) === '') lines.pop();
    this.#raw = lines;
    this.#file = file;
  }

  read(): DockerfileLines {
    this.#readDirectives();
    while (this.#at < this.#raw.length) this.#readInstruction();
    if (this.#lines.length === 0) this.#fail('file with no instructions', this.#raw.length);
    return { lines: this.#lines, directives: this.#directives() };
  }

  /** Only at the very top: anything else ends them. */
  #readDirectives(): void {
    while (this.#at < this.#raw.length) {
      const match = DIRECTIVE.exec(trimmed(this.#raw[this.#at] as string).trim());
      const name = match?.[1]?.toLowerCase() ?? '';
      if (match === null || !KNOWN_DIRECTIVES.includes(name)) return;
      this.#at++;
      if (this.#found.has(name)) this.#fail(`only one ${name} parser directive can be used`, this.#at);
      this.#found.set(name, match[2] as string);
      if (name === 'escape') this.#setEscape(match[2] as string);
    }
  }

  #setEscape(value: string): void {
    if (value !== '\\' && value !== '`') {
      this.#fail(`invalid escape token '${value}' does not match \` or \\`, this.#at);
    }
    this.#escape = value;
  }

  #readInstruction(): void {
    const first = trimmed(this.#raw[this.#at] as string).trimStart();
    this.#at++;
    const start = this.#at;
    if (first.startsWith('#')) {
      this.#comment(first.slice(1).trim());
      return;
    }
    const head = this.#uncontinued(first);
    if (!head.isContinued && head.text === '') return;
    const parts = [head.text];
    let { isContinued } = head;
    let hasEmptyContinuation = false;
    while (isContinued && this.#at < this.#raw.length) {
      const line = trimmed(this.#raw[this.#at] as string);
      this.#at++;
      if (line.trimStart().startsWith('#')) continue;
      if (line.trim() === '') {
        hasEmptyContinuation = true;
        continue;
      }
      const next = this.#uncontinued(line);
      parts.push(next.text);
      isContinued = next.isContinued;
    }
    const text = parts.join('');
    const heredocs = HEREDOC_INSTRUCTIONS.test(text) && text.includes('<<') ? this.#heredocs(text, start) : [];
    const range = { start, end: this.#at };
    this.#lines.push({ text, range, heredocs, hasEmptyContinuation, comments: this.#comments });
    this.#comments = [];
  }

  #comment(text: string): void {
    if (text === '') this.#comments = [];
    else this.#comments.push(text);
  }

  /** The line without the escape at its end; an escaped escape is none. */
  #uncontinued(line: string): { text: string; isContinued: boolean } {
    const text = withoutEnd(line, ' \t');
    const isContinued = text.endsWith(this.#escape) && text.charAt(text.length - 2) !== this.#escape;
    return isContinued ? { text: text.slice(0, -1), isContinued } : { text: line, isContinued };
  }

  #heredocs(text: string, start: number): Heredoc[] {
    return heredocWords(text).map(({ name, fd, expand, chomp }) => {
      const content: string[] = [];
      for (;;) {
        const line = this.#raw[this.#at];
        if (line === undefined) return this.#fail('unterminated heredoc', start);
        this.#at++;
        const end = trimmed(line);
        if ((chomp ? end.replace(/^\t+/, '') : end) === name) break;
        content.push(`${line}\n`);
      }
      const body = content.join('');
      return { name, fd, expand, content: chomp ? withoutTabs(body) : body };
    });
  }

  #directives(): Directives {
    return {
      syntax: this.#found.get('syntax'),
      escapeToken: this.#escape,
      check: checkDirective(this.#found.get('check')),
    };
  }

  #fail(what: string, line: number): never {
    throw new DockerfileError(what, { file: this.#file, line });
  }
}

/** `skip=A,B;error=true;experimental=all`. */
export function checkDirective(text = ''): Directives['check'] {
  const found = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) found.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const names = (key: string) => (found.get(key) ?? '').split(',').flatMap((name) => name.trim() || []);
  return {
    skip: names('skip'),
    error: /^(?:true|1|t)$/i.test(found.get('error') ?? ''),
    experimental: names('experimental'),
  };
}

/** Without the end of line, whichever it is. */
function trimmed(line: string): string {
  return withoutEnd(line, '\r');
}

/** A regular expression would begin anew at each blank of a long line. */
function withoutEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
