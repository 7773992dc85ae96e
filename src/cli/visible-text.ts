/** Text of others as a terminal may show it: what it would obey is spelled out, and what it takes of a line is known. */

/** Control and format characters (those that turn the direction of text are such), line ends, halves of pairs. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Names in archives may hold newlines and escape sequences; a line stays a line, and a terminal must not obey it. */
export function visibleText(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** As JSON spells it; a byte of a name that is not UTF-8 as C does. */
function escaped(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  if (point >= 0xdc80 && point <= 0xdcff) return `\\x${(point - 0xdc00).toString(16)}`;
  if (point > 0xffff) return `\\u{${point.toString(16)}}`;
  const short = JSON.stringify(char).slice(1, -1);
  return short.startsWith('\\') ? short : `\\u${point.toString(16).padStart(4, '0')}`;
}

/** What a terminal draws over the character before. */
const NO_WIDTH = /^[\p{Mn}\p{Me}]$/u;
/** First and last of what takes two columns (Unicode Annex 11, "Wide" and "Fullwidth", and pictures). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23f3],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26ab],
  [0x26bd, 0x26c5],
  [0x26ce, 0x26fd],
  [0x2705, 0x2728],
  [0x274c, 0x2757],
  [0x2795, 0x27bf],
  [0x2b1b, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f19a],
  [0x1f200, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f90c, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Columns that text takes on a terminal; the text holds no control characters. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += columnsOfCharacter(char);
  return columns;
}

/** Text that takes exactly so many columns: cut with an ellipsis, or filled with blanks. */
export function fitColumns(text: string, columns: number): string {
  if (columns <= 0) return '';
  const whole = columnsOf(text);
  if (whole <= columns) return text + ' '.repeat(columns - whole);
  let cut = '';
  let used = 0;
  for (const char of text) {
    const width = columnsOfCharacter(char);
    if (used + width > columns - 1) break;
    cut += char;
    used += width;
  }
  return `${cut}…${' '.repeat(columns - 1 - used)}`;
}

function columnsOfCharacter(char: string): number {
  const point = char.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}
