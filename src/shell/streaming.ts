/**
 * Lets a shell tell what its commands print as they end: just-bash itself tells everything when the script has ended.
 * Commands whose output is that of the script are made to write to two files that only this module knows.
 */

import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash';
import { utf8 } from '../base/bytes.js';
import { encodeText } from '../fs/buffers.js';
import type { BashEncoding, BashFileSystem, BashStat } from '../fs/just-bash.js';
import type { Output } from './command.js';

type Redirections = SimpleCommandNode['redirections'];

const STREAMS: ReadonlyMap<string, 'stdout' | 'stderr'> = new Map([
  ['/dev/.stratum-stdout', 'stdout'],
  ['/dev/.stratum-stderr', 'stderr'],
]);
const [STDOUT = '', STDERR = ''] = [...STREAMS.keys()];
/** Reading from elsewhere changes nothing of where output goes. */
const INPUTS: ReadonlySet<string> = new Set(['<', '<<', '<<-', '<<<']);

/**
 * The script, its commands writing to the streams. What a pipe, a substitution or a redirection takes stays as it is, and
 * so does a script that sends all its output elsewhere.
 */
export function streamed(script: ScriptNode): ScriptNode {
  if (contains(script, isOwnRedirection)) return script;
  return new Streamer(contains(script, isTraced)).script(script);
}

/** True when a command at any depth is as asked for. */
function contains(part: unknown, isMeant: (command: SimpleCommandNode) => boolean): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if ((part as { readonly type?: unknown }).type === 'SimpleCommand' && isMeant(part as SimpleCommandNode)) return true;
  return Object.values(part).some((inner) => contains(inner, isMeant));
}

function isOwnRedirection({ name, redirections }: SimpleCommandNode): boolean {
  return name !== null && literal(name) === 'exec' && redirections.length > 0;
}

/** `set -x` in any form: then every command prints. */
function isTraced({ name, args }: SimpleCommandNode): boolean {
  return name !== null && literal(name) === 'set' && args.some((word) => /^-.*x|^xtrace$/.test(literal(word) ?? ''));
}

/** What prints nothing unless it is wrong: loops are full of these, and a redirection costs as much again. */
const QUIET: ReadonlySet<string> = new Set([':', 'true', 'false', '[', 'test']);

class Streamer {
  readonly #isTraced: boolean;

  constructor(isTraced: boolean) {
    this.#isTraced = isTraced;
  }

  script(node: ScriptNode): ScriptNode {
    return { ...node, statements: this.#statements(node.statements) };
  }

  #statements(body: readonly StatementNode[]): StatementNode[] {
    return body.map((statement) => {
      const isAlone = statement.pipelines.length === 1;
      return { ...statement, pipelines: statement.pipelines.map((node) => this.#pipeline(node, isAlone)) };
    });
  }

  #pipeline(node: PipelineNode, isAlone: boolean): PipelineNode {
    const last = node.commands.length - 1;
    return {
      ...node,
      commands: node.commands.map((command, at) => {
        const assignment = assignmentOf(command);
        if (assignment !== undefined) return isAlone && !node.negated ? this.#assignment(assignment) : command;
        if (at === last) return this.#command(command);
        if (node.pipeStderr?.[at] === true || command.type !== 'SimpleCommand') return command;
        return this.#redirected(command, [append(2, STDERR)]);
      }),
    };
  }

  #command(node: CommandNode): CommandNode {
    if (node.type === 'SimpleCommand') return this.#redirected(node, [append(1, STDOUT), append(2, STDERR)]);
    if (!node.redirections.every(({ operator }) => INPUTS.has(operator))) return node;
    switch (node.type) {
      case 'If':
        return {
          ...node,
          clauses: node.clauses.map(({ condition, body }) => ({
            condition: this.#statements(condition),
            body: this.#statements(body),
          })),
          elseBody: node.elseBody === null ? null : this.#statements(node.elseBody),
        };
      case 'While':
      case 'Until':
        return { ...node, condition: this.#statements(node.condition), body: this.#statements(node.body) };
      case 'For':
      case 'CStyleFor':
      case 'Group':
      case 'Subshell':
        return { ...node, body: this.#statements(node.body) };
      case 'Case':
        return { ...node, items: node.items.map((item) => ({ ...item, body: this.#statements(item.body) })) };
      default:
        // A function may be called where its output goes elsewhere.
        return node;
    }
  }

  #redirected(node: SimpleCommandNode, added: Redirections): CommandNode {
    if (node.name === null || (!this.#isTraced && QUIET.has(literal(node.name) ?? ''))) return node;
    return { ...node, redirections: [...added, ...node.redirections] };
  }

  /**
   * In braces: with a redirection of its own it would forget how a substitution ended. It must stand alone: what fails in
   * braces ends a script of `set -e`, whatever comes behind them.
   */
  #assignment(node: SimpleCommandNode): CommandNode {
    // What is substituted is a command within.
    const isQuiet = !this.#isTraced && !node.assignments.some((each) => contains(each, () => true));
    if (isQuiet) return node;
    const alone: PipelineNode = { type: 'Pipeline', commands: [node], negated: false };
    const body: StatementNode[] = [{ type: 'Statement', pipelines: [alone], operators: [], background: false }];
    return { type: 'Group', body, redirections: [append(1, STDOUT), append(2, STDERR)] };
  }
}

function assignmentOf(node: CommandNode): SimpleCommandNode | undefined {
  const isMeant = node.type === 'SimpleCommand' && node.name === null && node.redirections.length === 0;
  return isMeant ? node : undefined;
}

function literal({ parts }: WordNode): string | undefined {
  const [part] = parts;
  return parts.length === 1 && part?.type === 'Literal' ? part.value : undefined;
}

function append(fd: number, path: string): Redirections[number] {
  const target: WordNode = { type: 'Word', parts: [{ type: 'Literal', value: path }] };
  return { type: 'Redirection', fd, operator: '>>', target };
}

/** The files, and the streams among them. */
export function withStreams(files: BashFileSystem, output: Output): BashFileSystem {
  const put = (path: string, content: string | Uint8Array, encoding: BashEncoding): boolean => {
    const stream = STREAMS.get(path);
    if (stream === undefined) return false;
    const bytes =
      typeof content !== 'string' ? content : encoding === 'utf8' ? utf8(content) : encodeText(content, encoding);
    if (bytes.length > 0) output(stream, bytes);
    return true;
  };
  return {
    ...files,
    async writeFile(path, content, options) {
      if (!put(path, content, encodingOf(options))) await files.writeFile(path, content, options);
    },
    async appendFile(path, content, options) {
      if (!put(path, content, encodingOf(options))) await files.appendFile(path, content, options);
    },
    exists: async (path) => STREAMS.has(path) || files.exists(path),
    stat: async (path) => (STREAMS.has(path) ? STREAM_STAT : files.stat(path)),
    lstat: async (path) => (STREAMS.has(path) ? STREAM_STAT : files.lstat(path)),
    realpath: async (path) => (STREAMS.has(path) ? path : files.realpath(path)),
  };
}

type Options = Parameters<BashFileSystem['writeFile']>[2];

function encodingOf(options: Options): BashEncoding {
  return (typeof options === 'object' ? options.encoding : options) ?? 'utf8';
}

const STREAM_STAT: BashStat = {
  isFile: true,
  isDirectory: false,
  isSymbolicLink: false,
  mode: 0o666,
  size: 0,
  mtime: new Date(0),
  dev: 0,
  ino: 0,
};
