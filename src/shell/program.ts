/** Whether an image has what is to be run. */

import type { ExecRequest } from '../build/runtime.js';
import { isDirectory } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** As in a real container, what is to be run must be there. */
export function whyNotRun(kernel: Kernel, { argv, env }: ExecRequest): { text: string; exitCode: number } | undefined {
  const [program = ''] = argv;
  const candidates = program.includes('/')
    ? [program]
    : (env['PATH'] ?? '').split(':').map((directory) => `${directory}/${program}`);
  const found = candidates.flatMap((path) => kernel.find(path, true) ?? []);
  const shown = JSON.stringify(program);
  if (found.length === 0) {
    const why = program.includes('/')
      ? `stat ${program}: no such file or directory`
      : 'executable file not found in $PATH';
    return { text: `exec: ${shown}: ${why}`, exitCode: NOT_FOUND };
  }
  if (found.every((node) => isDirectory(node) || (node.mode & 0o111) === 0)) {
    return { text: `exec: ${shown}: permission denied`, exitCode: NOT_EXECUTABLE };
  }
  return undefined;
}
