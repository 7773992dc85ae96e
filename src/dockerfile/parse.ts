/** A Dockerfile from its text. Nothing is expanded: what needs variables is said when they are known. */

import { utf8Text } from '../base/bytes.js';
import type { ArgInstruction, Dockerfile, FromInstruction, Instruction, StageDefinition } from './ast.js';
import { DockerfileError, locate } from './error.js';
import { parseLine } from './instructions.js';
import { type LogicalLine, readLines } from './lines.js';

export interface ParseOptions {
  /** As the file is called in messages; `Dockerfile` without it. */
  readonly file?: string;
}

/** Fails with a DockerfileError at the first line that is wrong. */
export function parseDockerfile(source: string | Uint8Array, options: ParseOptions = {}): Dockerfile {
  const file = options.file ?? 'Dockerfile';
  const text = typeof source === 'string' ? source : utf8Text(source);
  if (text === undefined) throw new DockerfileError('the file is not UTF-8', { file });
  const { lines, directives } = readLines(text, file);
  const globalArgs: ArgInstruction[] = [];
  const stages: { from: FromInstruction; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const instruction = parseAt(line, directives.escapeToken, file);
    const stage = stages.at(-1);
    if (instruction.kind === 'from') stages.push({ from: instruction, instructions: [] });
    else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.kind === 'arg') globalArgs.push(instruction);
    else throw new DockerfileError('no build stage in current context', { file, line: line.range.start });
  }
  if (stages.length === 0) throw new DockerfileError('dockerfile contains no stages to build', { file });
  const found: readonly StageDefinition[] = stages;
  return { file, directives, globalArgs, stages: found, lines };
}

/** One instruction on its own, such as a trigger of ONBUILD. */
export function parseInstruction(text: string, options: ParseOptions = {}): Instruction {
  const file = options.file ?? 'Dockerfile';
  const { lines } = readLines(text, file);
  const [line] = lines;
  if (line === undefined || lines.length > 1) {
    throw new DockerfileError('onbuild trigger should be a single expression', { file });
  }
  const instruction = parseAt(line, '\\', file);
  if (instruction.kind !== 'from') return instruction;
  throw new DockerfileError("FROM isn't allowed as an ONBUILD trigger", { file });
}

function parseAt(line: LogicalLine, escapeToken: string, file: string): Instruction | FromInstruction {
  try {
    return parseLine(line, escapeToken);
  } catch (error) {
    throw locate(error, file, line.range.start);
  }
}
