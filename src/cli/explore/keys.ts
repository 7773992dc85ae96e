/** Keys as a terminal sends them: bytes to names (xterm's control sequences, and the older ones of its cursor keys). */

export interface Key {
  /** `up`, `tab`, `escape`, …; a character as it is; with ctrl the small letter. */
  readonly name: string;
  readonly ctrl: boolean;
}

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[5~': 'pageup',
  '[6~': 'pagedown',
  '[7~': 'home',
  '[8~': 'end',
  '[3~': 'delete',
  '[Z': 'backtab',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
};

const CONTROLS: ReadonlyMap<number, string> = new Map([
  [0x09, 'tab'],
  [0x0d, 'enter'],
  [0x0a, 'enter'],
  [0x1b, 'escape'],
  [0x7f, 'backspace'],
  [0x08, 'backspace'],
]);

/** An escape sequence: the letters between are what keys with modifiers, mice and answers of the terminal have. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const SEQUENCE = /^\u001b(\[[0-9;?<]*[A-Za-z~]|O[A-Z])/;

/** The keys in what was read, in order. A sequence that nobody knows is no key; an escape alone is one. */
export function decodeKeys(text: string): Key[] {
  const keys: Key[] = [];
  for (let at = 0; at < text.length; ) {
    const [sequence, body = ''] = SEQUENCE.exec(text.slice(at, at + 32)) ?? [];
    if (sequence !== undefined) {
      // A modifier in front of the letter does not change which key it is.
      const name = SEQUENCES[body.replace(/^\[1;\d([A-Z])$/, '[$1').replace(/^\[(\d);\d~$/, '[$1~')];
      if (name !== undefined) keys.push({ name, ctrl: false });
      at += sequence.length;
      continue;
    }
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    keys.push(keyOf(char));
    at += char.length;
  }
  return keys;
}

function keyOf(char: string): Key {
  const code = char.charCodeAt(0);
  const name = CONTROLS.get(code);
  if (name !== undefined) return { name, ctrl: false };
  if (code === 0) return { name: 'space', ctrl: true };
  if (code < 0x1b) return { name: String.fromCharCode(code + 0x60), ctrl: true };
  if (code === 0x20) return { name: 'space', ctrl: false };
  return { name: char, ctrl: false };
}
