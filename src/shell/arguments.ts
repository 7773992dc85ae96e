/** What a command line asks of a shell: `sh -euc SCRIPT`, a program with its arguments, a script file. */

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'busybox']);
const SET_OPTIONS = 'aefhuxvC';

export interface ShellScript {
  readonly text: string;
  /** `$0`, where it is not the shell. */
  readonly name?: string;
}

export interface ScriptSources {
  /** What a shell without arguments reads. */
  readonly input?: string | undefined;
  /** The text of a file that can be read. */
  readonly read: (path: string) => string | undefined;
  /** Where a program is, by its name. */
  readonly find: (program: string) => string | undefined;
}

/** The script that does what the arguments say, with its positional parameters. */
export function scriptOf(argv: readonly string[], sources: ScriptSources): ShellScript {
  const args = shellArguments(argv);
  if (args !== undefined) return shellScript(args, sources);
  const own = ownScript(argv, sources);
  if (own !== undefined) return own;
  return { text: (baseName(argv[0] ?? '') === 'busybox' ? argv.slice(1) : argv).map(quoted).join(' ') };
}

/** A program that is a script of a shell, as that shell would run it. */
function ownScript([program = '', ...parameters]: readonly string[], sources: ScriptSources): ShellScript | undefined {
  const path = sources.find(program);
  const text = path === undefined ? undefined : sources.read(path);
  const line = /^#! *(\S+)(?: +(\S.*?))? *\n/.exec(text ?? '');
  if (path === undefined || line === null) return undefined;
  const [, interpreter = '', argument] = line;
  const shell = baseName(interpreter) === 'env' ? (argument ?? '') : interpreter;
  const options = baseName(interpreter) === 'env' || argument === undefined ? [] : [argument];
  const args = shellArguments([shell, ...options, path, ...parameters]);
  return args && shellScript(args, sources);
}

/** True for a shell that takes its commands from standard input. */
export function readsCommands(argv: readonly string[]): boolean {
  const args = shellArguments(argv);
  if (args === undefined) return false;
  const { isCommand, readsInput, operands } = shellOptions(args);
  return !isCommand && (readsInput || operands.length === 0);
}

/** The arguments of a shell; undefined when the program is none. */
function shellArguments([program = '', ...rest]: readonly string[]): readonly string[] | undefined {
  const name = baseName(program);
  if (!SHELLS.has(name) || (name === 'busybox' && rest[0] !== 'sh')) return undefined;
  return name === 'busybox' ? rest.slice(1) : rest;
}

interface ShellArguments {
  /** `set` commands. */
  readonly settings: readonly string[];
  /** `-c` was given. */
  readonly isCommand: boolean;
  /** `-s` was given. */
  readonly readsInput: boolean;
  readonly operands: readonly string[];
}

function shellOptions(args: readonly string[]): ShellArguments {
  const settings: string[] = [];
  let isCommand = false;
  let readsInput = false;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] as string;
    if (!/^[-+]./.test(word) || word.startsWith('--')) {
      if (!word.startsWith('--')) break;
      continue;
    }
    for (const letter of word.slice(1)) {
      if (letter === 'c') isCommand = true;
      else if (letter === 's') readsInput = true;
      else if (letter === 'o') settings.push(`set ${word.charAt(0)}o ${quoted(args[++at] ?? '')}`);
      else if (SET_OPTIONS.includes(letter)) settings.push(`set ${word.charAt(0)}${letter}`);
    }
  }
  return { settings, isCommand, readsInput, operands: args.slice(at) };
}

function shellScript(args: readonly string[], { input = '', read }: ScriptSources): ShellScript {
  const { settings, isCommand, readsInput, operands } = shellOptions(args);
  const [first = '', ...parameters] = operands;
  if (!isCommand && (readsInput || operands.length === 0)) return { text: [...settings, input].join('\n') };
  if (isCommand) {
    const [name, ...rest] = parameters;
    return { text: [...settings, ...positional(rest), first].join('\n'), ...(name !== undefined && { name }) };
  }
  const text = read(first) ?? ['.', first].map(quoted).join(' ');
  return { text: [...settings, ...positional(parameters), text].join('\n'), name: first };
}

function positional(parameters: readonly string[]): string[] {
  return parameters.length === 0 ? [] : [`set -- ${parameters.map(quoted).join(' ')}`];
}

export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
