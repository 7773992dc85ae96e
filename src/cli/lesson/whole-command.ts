/** Whether typed lines make a whole command of the shell, or more must come: quotes, here-documents, backslashes. */

interface Open {
  /** The quotes that are open at the end of a line. */
  readonly quote: string;
  /** It ends with a backslash. */
  readonly isContinued: boolean;
  /** Words that end the here-documents which have begun. */
  readonly documents: readonly string[];
}

/** `<<END`, `<<-END`, `<<'END'`, `<<"END"`. */
const DOCUMENT = /^<<-?[ \t]*(?:'([^']+)'|"([^"]+)"|\\?([^\s;&|<>()'"]+))/;
const HERE_STRING = '<<<';

/** True when a shell would begin to run the lines; false when it would ask for another one. */
export function isWholeCommand(lines: readonly string[]): boolean {
  let open: Open = { quote: '', isContinued: false, documents: [] };
  for (const line of lines) {
    const [document, ...others] = open.documents;
    // A document ends with its word alone; tabs before it are those of `<<-`.
    if (document === undefined) open = scanLine(line, open.quote);
    else if (line.replace(/^\t+/, '') === document) open = { ...open, documents: others };
  }
  return open.quote === '' && !open.isContinued && open.documents.length === 0;
}

function scanLine(line: string, quoteBefore: string): Open {
  let quote = quoteBefore;
  const documents: string[] = [];
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\' && quote !== "'") {
      if (at === line.length - 1) return { quote, isContinued: true, documents };
      at++;
    } else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '#' && /^[\s;&|(]?$/.test(line.charAt(at - 1))) break;
    else if (line.startsWith(HERE_STRING, at)) at += HERE_STRING.length - 1;
    else if (char === '<') {
      const [text = '<', single, double, bare] = DOCUMENT.exec(line.slice(at)) ?? [];
      const word = single ?? double ?? bare;
      if (word !== undefined) documents.push(word);
      at += text.length - 1;
    }
  }
  return { quote, isContinued: false, documents };
}
