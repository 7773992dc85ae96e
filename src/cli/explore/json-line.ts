/** JSON on one line that may also be shown: what a terminal would obey is escaped, which JSON allows everywhere in text. */

/** JSON escapes the control characters below U+0020 by itself. */
const OBEYED = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

export function jsonLine(value: object): string {
  return `${JSON.stringify(value).replace(OBEYED, escaped)}\n`;
}

function escaped(char: string): string {
  let text = '';
  for (let at = 0; at < char.length; at++) text += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
