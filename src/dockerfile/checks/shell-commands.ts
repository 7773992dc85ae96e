/** The commands of a RUN, roughly: parted where a shell parts them, quotes gone, nothing expanded. */

import type { Command } from '../ast.js';

/** Each a list of words. A here-document is a script where nothing else is there to read it. */
export function shellCommands(command: Command): string[][] {
  if (command.form === 'exec') return [[...command.args]];
  const commands = commandsOf(command.text);
  return commands.length > 0 ? commands : command.heredocs.flatMap(({ content }) => commandsOf(content));
}

function commandsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  // A quoted text, an escaped character, what parts commands, what is none of its words, or plain characters.
  const tokens = text.matchAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\([\s\S])|([;&|\n()]+)|([^\S\n]+|\d*>&\d+|(?<=^|\s)#[^\n]*)|([^'"\\;&|\s()]+|[\s\S])/g,
  );
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (const [, single, double, escaped, separator, blank, plain] of tokens) {
    if (blank !== undefined || separator !== undefined) endWord();
    if (separator !== undefined) commands.push([]);
    else if (blank === undefined) word = (word ?? '') + (single ?? double ?? escaped ?? plain ?? '');
  }
  endWord();
  const plain = commands.map((words) => words.filter((each) => !/^(?:[{}]|\d*<<.*)$/s.test(each)));
  return plain.filter(({ length }) => length > 0);
}
