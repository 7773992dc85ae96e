/** The commands of a RUN, roughly: parted where a shell parts them, quotes gone, nothing expanded. */

import type { Command } from '../ast.js';

/** Each a list of words. A here-document or a list of arguments is one command's worth of text as well. */
export function shellCommands(command: Command): string[][] {
  if (command.form === 'exec') return [[...command.args]];
  const bodies = command.heredocs.map(({ content }) => content);
  return [command.text, ...bodies].flatMap(commandsOf);
}

function commandsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  // A quoted text, an escaped character, what parts commands, what is none of its words, or plain characters.
  const tokens = text.matchAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\([\s\S])|([;&|\n(){}]+)|(\s+|\d*>&\d+)|([^'"\\;&|\s(){}]+|[\s\S])/g,
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
  return commands.filter(({ length }) => length > 0);
}
