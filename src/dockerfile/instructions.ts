/** From a line to an instruction. */

import type {
  AddInstruction,
  Command,
  CopyInstruction,
  FromInstruction,
  HealthcheckInstruction,
  Heredoc,
  Instruction,
  KeyValue,
  RunInstruction,
} from './ast.js';
import { parseDuration } from './duration.js';
import { invalid } from './error.js';
import { Flags, type FlagTable } from './flags.js';
import { heredocWord } from './heredoc.js';
import type { LogicalLine } from './lines.js';
import { checkMountText } from './mounts.js';
import { didYouMean } from './suggest.js';
import { jsonList, plainWords, quotedWords, splitFlags } from './words.js';

const NAMES =
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  );
const STAGE_NAME = /^[a-z][a-z0-9\-_.]*$/;
const MILLISECOND = 1e6;

/** A line taken apart: its first word, its flags, and the rest. */
interface Parts {
  readonly word: string;
  readonly name: string;
  readonly flags: readonly string[];
  readonly rest: string;
  readonly escapeToken: string;
  readonly line: LogicalLine;
}

type Common = Pick<Instruction, 'range' | 'text' | 'word'>;

/** Fails with DOCKERFILE_INVALID, without the line. */
export function parseLine(line: LogicalLine, escapeToken: string): Instruction | FromInstruction {
  const match = /^\s*(\S*)\s*([\s\S]*)$/.exec(line.text) as RegExpExecArray;
  const [, word = '', behind = ''] = match;
  const { flags, rest } = splitFlags(behind.trimEnd(), escapeToken);
  const parts = { word, name: word.toUpperCase(), flags, rest, escapeToken, line };
  const parse = Object.hasOwn(PARSERS, parts.name) ? PARSERS[parts.name] : undefined;
  if (parse === undefined)
    throw invalid(`unknown instruction: ${word}${didYouMean(word, NAMES, { ignoreCase: true })}`);
  return parse(parts, { range: line.range, text: line.text.trim(), word });
}

const PARSERS: Readonly<Record<string, (parts: Parts, common: Common) => Instruction | FromInstruction>> = {
  FROM: parseFrom,
  ARG: parseArg,
  ENV: (parts, common) => ({ ...common, kind: 'env', pairs: keyValues(parts) }),
  LABEL: (parts, common) => ({ ...common, kind: 'label', pairs: keyValues(parts) }),
  RUN: parseRun,
  COPY: parseCopy,
  ADD: parseAdd,
  CMD: (parts, common) => ({ ...common, kind: 'cmd', command: plainCommand(parts) }),
  ENTRYPOINT: (parts, common) => ({ ...common, kind: 'entrypoint', command: plainCommand(parts) }),
  SHELL: parseShell,
  HEALTHCHECK: parseHealthcheck,
  EXPOSE: (parts, common) => ({
    ...common,
    kind: 'expose',
    words: some(parts, noFlags(parts, plainWords(parts.rest))),
  }),
  VOLUME: parseVolume,
  USER: (parts, common) => ({ ...common, kind: 'user', value: single(parts) }),
  WORKDIR: (parts, common) => ({ ...common, kind: 'workdir', value: single(parts) }),
  STOPSIGNAL: (parts, common) => ({ ...common, kind: 'stopsignal', value: single(parts) }),
  MAINTAINER: (parts, common) => ({ ...common, kind: 'maintainer', value: single(parts) }),
  ONBUILD: parseOnbuild,
};

function parseFrom(parts: Parts, common: Common): FromInstruction {
  const words = plainWords(parts.rest);
  const [image = '', as, alias] = words;
  const isNamed = words.length === 3 && as?.toLowerCase() === 'as';
  if (!isNamed && words.length !== 1) throw invalid('FROM requires either one or three arguments');
  if (isNamed && !STAGE_NAME.test((alias as string).toLowerCase())) {
    const shown = JSON.stringify(alias);
    throw invalid(`invalid name for build stage: ${shown}, name can't start with a number or contain symbols`);
  }
  const flags = Flags.read(parts.flags, { platform: 'text' });
  return { ...common, kind: 'from', image, platform: flags.text('platform') || undefined, alias };
}

function parseArg(parts: Parts, common: Common): Instruction {
  const words = some(parts, noFlags(parts, quotedWords(parts.rest, parts.escapeToken)));
  const args = words.map((word) => {
    const at = word.indexOf('=');
    if (at === 0) throw invalid('ARG names can not be blank');
    return at < 0 ? { name: word, value: undefined } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
  return { ...common, kind: 'arg', args };
}

function keyValues(parts: Parts): KeyValue[] {
  const { name, rest, escapeToken } = parts;
  const words = some(parts, noFlags(parts, quotedWords(rest, escapeToken)));
  const pairs = (words[0] as string).includes('=') ? words.map(equalsPair) : [oldPair(name, rest)];
  if (pairs.some(({ key }) => key === '')) throw invalid(`${name} names can not be blank`);
  return pairs;
}

function equalsPair(word: string): KeyValue {
  const at = word.indexOf('=');
  if (at >= 0) return { key: word.slice(0, at), value: word.slice(at + 1), equals: true };
  throw invalid(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`);
}

/** `ENV name value`, where all behind the name is the value. */
function oldPair(name: string, rest: string): KeyValue {
  const match = /^([^\t\v\f\r ]+)[\t\v\f\r ]+([\s\S]*)$/.exec(rest);
  if (match === null) throw invalid(`${name} must have two arguments`);
  return { key: match[1] as string, value: match[2] as string, equals: false };
}

const RUN_FLAGS: FlagTable = { mount: 'list', network: 'text', security: 'text', device: 'list' };

function parseRun(parts: Parts, common: Common): RunInstruction {
  const flags = Flags.read(parts.flags, RUN_FLAGS);
  const network = flags.text('network') ?? 'default';
  const security = flags.text('security') ?? 'sandbox';
  if (network !== 'default' && network !== 'none' && network !== 'host') {
    throw invalid(`invalid network mode ${JSON.stringify(network)}`);
  }
  if (security !== 'sandbox' && security !== 'insecure') {
    throw invalid(`security ${JSON.stringify(security)} is not valid`);
  }
  const mounts = flags.list('mount');
  for (const mount of mounts) checkMountText(mount);
  return { ...common, kind: 'run', command: commandOf(parts), mounts, network, security };
}

function parseCopy(parts: Parts, common: Common): CopyInstruction {
  const words = copyWords(parts);
  const flags = Flags.read(parts.flags, {
    chown: 'text',
    from: 'text',
    chmod: 'text',
    link: 'boolean',
    exclude: 'list',
    parents: 'boolean',
  });
  const from = flags.text('from');
  if (from !== undefined && /[$'"]/.test(from)) throw invalid(NO_VARIABLE_IN_FROM);
  return {
    ...common,
    kind: 'copy',
    ...words,
    from: from || undefined,
    chown: flags.text('chown'),
    chmod: flags.text('chmod'),
    link: flags.boolean('link') ?? false,
    parents: flags.boolean('parents') ?? false,
    exclude: flags.list('exclude'),
  };
}

const NO_VARIABLE_IN_FROM =
  'variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround';

function parseAdd(parts: Parts, common: Common): AddInstruction {
  const words = copyWords(parts);
  const flags = Flags.read(parts.flags, {
    chown: 'text',
    chmod: 'text',
    link: 'boolean',
    'keep-git-dir': 'boolean',
    checksum: 'text',
    unpack: 'boolean',
    exclude: 'list',
  });
  return {
    ...common,
    kind: 'add',
    ...words,
    chown: flags.text('chown'),
    chmod: flags.text('chmod'),
    link: flags.boolean('link') ?? false,
    keepGitDir: flags.boolean('keep-git-dir') ?? false,
    checksum: flags.text('checksum') || undefined,
    unpack: flags.boolean('unpack'),
    exclude: flags.list('exclude'),
  };
}

function copyWords({ name, rest, line }: Parts): Pick<CopyInstruction, 'sources' | 'heredocs' | 'destination'> {
  const words = jsonList(rest) ?? plainWords(rest);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    throw invalid(
      `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  }
  if (heredocWord(destination) !== undefined) throw invalid(`${name} cannot accept a heredoc as a destination`);
  const sources: string[] = [];
  const heredocs: Heredoc[] = [];
  for (const word of words.slice(0, -1)) {
    const opened = heredocWord(word);
    const body = opened && line.heredocs.find((each) => each.name === opened.name);
    if (body === undefined) sources.push(word);
    else heredocs.push(body);
  }
  return { sources, heredocs, destination };
}

function plainCommand(parts: Parts): Command {
  Flags.read(parts.flags, {});
  return commandOf(parts);
}

function commandOf({ rest, line }: Parts): Command {
  const args = jsonList(rest);
  return args === undefined ? { form: 'shell', text: rest, heredocs: line.heredocs } : { form: 'exec', args };
}

function parseShell(parts: Parts, common: Common): Instruction {
  Flags.read(parts.flags, {});
  const shell = jsonList(parts.rest);
  if (parts.rest === '' || shell?.length === 0) throw invalid('SHELL requires at least one argument');
  if (shell === undefined) throw invalid(`SHELL requires the arguments to be in JSON form`);
  return { ...common, kind: 'shell', shell };
}

const HEALTHCHECK_FLAGS: FlagTable = {
  interval: 'text',
  timeout: 'text',
  'start-period': 'text',
  'start-interval': 'text',
  retries: 'text',
};

function parseHealthcheck(parts: Parts, common: Common): HealthcheckInstruction {
  const match = /^(\S+)\s*([\s\S]*)$/.exec(parts.rest);
  if (match === null) throw invalid('HEALTHCHECK requires at least one argument');
  const [, type = '', rest = ''] = match;
  const none = { interval: undefined, timeout: undefined, startPeriod: undefined, startInterval: undefined };
  if (type.toUpperCase() === 'NONE') {
    if (rest !== '') throw invalid('HEALTHCHECK NONE takes no arguments');
    return { ...common, kind: 'healthcheck', command: undefined, ...none, retries: undefined };
  }
  const flags = Flags.read(parts.flags, HEALTHCHECK_FLAGS);
  if (type.toUpperCase() !== 'CMD') {
    throw invalid(`Unknown type ${JSON.stringify(type.toUpperCase())} in HEALTHCHECK (try CMD)`);
  }
  if (rest === '' || jsonList(rest)?.length === 0) throw invalid('Missing command after HEALTHCHECK CMD');
  return {
    ...common,
    kind: 'healthcheck',
    command: commandOf({ ...parts, rest }),
    interval: interval(flags, 'interval'),
    timeout: interval(flags, 'timeout'),
    startPeriod: interval(flags, 'start-period'),
    startInterval: interval(flags, 'start-interval'),
    retries: retries(flags.text('retries')),
  };
}

function interval(flags: Flags, name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined || text === '') return undefined;
  const value = parseDuration(text);
  if (value !== 0 && value < MILLISECOND) throw invalid(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return value;
}

function retries(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[-+]?\d+$/.test(text)) throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) throw invalid(`--retries cannot be negative (${value})`);
  return value;
}

function parseVolume(parts: Parts, common: Common): Instruction {
  Flags.read(parts.flags, {});
  const words = some(parts, jsonList(parts.rest) ?? plainWords(parts.rest)).map((word) => word.trim());
  if (words.includes('')) throw invalid('VOLUME specified can not be an empty string');
  return { ...common, kind: 'volume', words };
}

function parseOnbuild(parts: Parts, common: Common): Instruction {
  const { rest, line } = parts;
  if (rest === '') throw invalid('ONBUILD requires at least one argument');
  Flags.read(parts.flags, {});
  const [first = ''] = rest.split(/\s/, 1);
  const name = first.toUpperCase();
  if (name === 'ONBUILD') throw invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (name === 'MAINTAINER' || name === 'FROM') throw invalid(`${name} isn't allowed as an ONBUILD trigger`);
  // What it says must be right here already, not when an image is built on this one.
  parseLine({ ...line, text: rest }, parts.escapeToken);
  const bodies = line.heredocs.map(({ name: end, content }) => `\n${content}${end}`);
  return { ...common, kind: 'onbuild', trigger: rest + bodies.join('') };
}

function single(parts: Parts): string {
  Flags.read(parts.flags, {});
  if (parts.rest === '') throw invalid(`${parts.name} requires exactly one argument`);
  return parts.rest;
}

function some<T>({ name }: Parts, words: readonly T[]): readonly T[] {
  if (words.length === 0) throw invalid(`${name} requires at least one argument`);
  return words;
}

function noFlags<T>({ flags }: Parts, words: T): T {
  Flags.read(flags, {});
  return words;
}
