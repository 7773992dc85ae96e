/** What the learner's prompt knows: Docker's verbs, those of `stratum`, and a few words of a shell. */

import { utf8 } from '../../../base/bytes.js';
import { REGISTRY_NAME } from '../../registry-name.js';
import { ownPath, splitLine, usage } from '../command-line.js';
import type { Place, Verb } from '../place.js';
import { build } from './build.js';
import { commit, create, diff, fork, ps, rm, run, start, volume } from './containers.js';
import { cat, cp, ls } from './files.js';
import { df, history, images, inspect, layers, rmi, tag } from './images.js';
import { pull, push } from './registries.js';

export const VERBS: Readonly<Record<string, Verb>> = {
  build,
  cat,
  commit,
  cp,
  create,
  df,
  diff,
  fork,
  history,
  images,
  inspect,
  layers,
  ls,
  ps,
  pull,
  push,
  rm,
  rmi,
  run,
  start,
  tag,
  volume,
};

const HELP = `stratum (or docker) with: ${Object.keys(VERBS).join(', ')}
ls, cat FILE, rm FILE and echo TEXT > FILE work on your own files.
The shell of a container is in the pane of the containers: stratum run -it --name web tiny:1 sh
`;

/** Does what a line says. Fails with USAGE for one that nobody understands. */
export async function runLine(line: string, place: Place): Promise<void> {
  const [program, ...args] = splitLine(line, { REGISTRY: REGISTRY_NAME });
  switch (program) {
    case undefined:
      return;
    case 'stratum':
    case 'docker':
      return runVerb(args, place);
    case 'help':
      place.print(HELP);
      return;
    case 'ls':
      return ls([], place);
    case 'cat':
      for (const path of args) await cat([ownPath(path)], place);
      return;
    case 'rm':
      for (const path of args)
        if (!place.files.delete(ownPath(path))) throw usage(`rm: ${path}: there is no such file`);
      return;
    case 'echo':
      return echo(args, place);
    default:
      throw usage(`${program}: not known here; 'help' lists what is`);
  }
}

async function runVerb([name, ...args]: readonly string[], place: Place): Promise<void> {
  if (name === undefined || name === '--help' || name === 'help') {
    place.print(HELP);
    return;
  }
  // Docker's names for what has a short one: `docker image ls`, `docker container rm`, `docker system df`.
  const [second, ...rest] = args;
  if (name === 'image' && second === 'ls') return runVerb(['images', ...rest], place);
  if (name === 'image' && second === 'rm') return runVerb(['rmi', ...rest], place);
  if (name === 'container' && second === 'ls') return runVerb(['ps', ...rest], place);
  if (name === 'system' && second === 'df') return runVerb(['df', ...rest], place);
  if ((name === 'image' || name === 'container') && second !== undefined) return runVerb(args, place);
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) throw usage(`stratum ${name}: not known here; 'help' lists what is`);
  return verb(args, place);
}

/** `echo TEXT`, `echo TEXT > FILE`, `echo TEXT >> FILE`. */
function echo(words: readonly string[], { files, print }: Place): void {
  const at = words.findIndex((word) => word === '>' || word === '>>');
  const text = `${(at < 0 ? words : words.slice(0, at)).join(' ')}\n`;
  const target = words[at + 1];
  if (at < 0) print(text);
  else if (target === undefined) throw usage('echo: which file?');
  else {
    const path = ownPath(target);
    const before = words[at] === '>>' ? (files.get(path) ?? new Uint8Array(0)) : new Uint8Array(0);
    const added = utf8(text);
    const joined = new Uint8Array(before.length + added.length);
    joined.set(before);
    joined.set(added, before.length);
    files.set(path, joined);
  }
}
