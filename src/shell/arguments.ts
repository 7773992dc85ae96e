/** What a command line asks of a shell: `sh -euc SCRIPT`, a program with its arguments, a script file. */

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'busybox']);
const SET_OPTIONS = 'aefhuxvC';

/** The script that does what the arguments say, with its positional parameters. */
export function scriptOf(argv: readonly string[]): string {
  const [program = '', ...rest] = argv;
  const isBusybox = baseName(program) === 'busybox';
  if (!SHELLS.has(baseName(program)) || (isBusybox && rest[0] !== 'sh')) {
    return (isBusybox ? rest : argv).map(quoted).join(' ');
  }
  return shellScript(isBusybox ? rest.slice(1) : rest);
}

function shellScript(args: readonly string[]): string {
  const settings: string[] = [];
  let isCommand = false;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] as string;
    if (!/^[-+]./.test(word) || word.startsWith('--')) {
      if (!word.startsWith('--')) break;
      continue;
    }
    for (const letter of word.slice(1)) {
      if (letter === 'c') isCommand = true;
      else if (letter === 'o') settings.push(`set ${word.charAt(0)}o ${quoted(args[++at] ?? '')}`);
      else if (SET_OPTIONS.includes(letter)) settings.push(`set ${word.charAt(0)}${letter}`);
    }
  }
  const [first = '', ...parameters] = args.slice(at);
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
