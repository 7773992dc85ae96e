/** Whether an image has what is to be run. */

import type { ExecRequest } from '../build/runtime.js';
import { isDirectory } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** Where a program may be: by itself, or in the directories of PATH. */
export function candidates(program: string, { env }: Pick<ExecRequest, 'env'>): string[] {
  if (program.includes('/')) return [program];
  return (env['PATH'] ?? '').split(':').map((directory) => `${directory}/${program}`);
}

/** As in a real container, what is to be run must be there. */
export function whyNotRun(kernel: Kernel, request: ExecRequest): { text: string; exitCode: number } | undefined {
  const [program = ''] = request.argv;
  const found = candidates(program, request).flatMap((path) => kernel.find(path, true) ?? []);
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
