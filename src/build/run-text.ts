/** What RUN gives to the shell, or runs itself (reference, "Here-documents"). */

import type { Command } from '../dockerfile/ast.js';

/** Where a script of a here-document is while it runs. */
export const PIPES = '/dev/pipes';

/** The text that the shell gets, or the script that is run itself. */
export function runText(command: Command): { text: string; script?: { name: string; content: string } } {
  if (command.form === 'exec') return { text: '' };
  const { text, heredocs } = command;
  const [first] = heredocs;
  if (first === undefined) return { text };
  if (/^\d*<<-?\s*\S+$/.test(text.trim())) {
    if (first.content.startsWith('#!')) return { text, script: { name: first.name, content: first.content } };
    return { text: first.content };
  }
  return { text: [text, ...heredocs.map(({ name, content }) => content + name)].join('\n') };
}
