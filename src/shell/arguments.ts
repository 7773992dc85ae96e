/** What a command line asks of a shell: `sh -euc SCRIPT`, a program with its arguments, a script file. */

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'busybox']);
const SET_OPTIONS = 'aefhuxvC';

/** The script that does what the arguments say, with its positional parameters; `input` is that of a shell without any. */
export function scriptOf(argv: readonly string[], input: string = ''): string {
  const args = shellArguments(argv);
  if (args !== undefined) return shellScript(args, input);
  return (baseName(argv[0] ?? '') === 'busybox' ? argv.slice(1) : argv).map(quoted).join(' ');
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

function shellScript(args: readonly string[], input: string): string {
  const { settings, isCommand, readsInput, operands } = shellOptions(args);
  const [first = '', ...parameters] = operands;
  if (!isCommand && (readsInput || operands.length === 0)) return [...settings, input].join('\n');
  if (!isCommand) return [...settings, ['.', first].map(quoted).join(' ')].join('\n');
  const set = parameters.length > 1 ? [`set -- ${parameters.slice(1).map(quoted).join(' ')}`] : [];
  return [...settings, ...set, first].join('\n');
}

export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
