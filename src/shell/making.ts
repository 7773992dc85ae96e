/** `mkdir`, `mktemp` and `install`. */

import { makePath } from '../build/make-path.js';
import { parseMode } from '../build/mode.js';
import { canonicalPath } from '../build/workdir.js';
import { directoryOf, joined, nameOf } from '../fs/path-text.js';
import { isDirectory } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';
import { type CommandContext, CommandError, parse, WRITE } from './command.js';
import { resolved } from './owners.js';

const PERMISSIONS = 0o7777;
/** O_WRONLY | O_CREAT | O_EXCL. */
const WRITE_NEW = 0o301;
const NEW_DIRECTORY = 0o777;

export function makeDirectories(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['m', 'mode']);
  if (operands.length === 0) throw new CommandError('missing operand');
  const mode = values.get('m') ?? values.get('mode');
  const isVerbose = flags.has('v');
  for (const operand of operands) {
    const path = canonicalPath(cwd, operand);
    if (flags.has('p') || flags.has('parents')) {
      const wasThere = kernel.find(path, true) !== undefined;
      makePath(kernel, path, NEW_DIRECTORY);
      if (wasThere) continue;
    } else kernel.mkdir(path, 0o777);
    if (mode !== undefined) kernel.chmod(path, modeOf(kernel, path, mode));
  }
  return isVerbose ? operands.map((operand) => `created directory: '${operand}'\n`).join('') : '';
}

function modeOf(kernel: Kernel, path: string, text: string): number {
  const change = parseMode(text);
  if (change === undefined) throw new CommandError(`invalid mode '${text}'`);
  return change.apply(kernel.stat(path).mode) & PERMISSIONS;
}

export function makeTemporary(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['p', 'tmpdir']);
  const directory =
    values.get('p') ?? values.get('tmpdir') ?? (operands[0] === undefined || flags.has('t') ? '/tmp' : cwd);
  const template = operands[0] ?? 'tmp.XXXXXXXXXX';
  const name = template.replace(/X{3,}/, (letters) => randomName(letters.length));
  const path = canonicalPath(directory, name);
  if (flags.has('d')) kernel.mkdir(path, 0o700);
  else kernel.writeFile(path, WRITE_NEW, 0o600, new Uint8Array(0));
  return `${path}\n`;
}

function randomName(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
  return [...bytes].map((byte) => letters.charAt(byte % letters.length)).join('');
}

export function install(args: readonly string[], context: CommandContext): string {
  const { kernel, cwd } = context;
  const { flags, values, operands } = parse(args, ['m', 'mode', 'o', 'owner', 'g', 'group', 't']);
  const owner = values.get('o') ?? values.get('owner');
  const group = values.get('g') ?? values.get('group');
  const mode = values.get('m') ?? values.get('mode') ?? '755';
  const finish = (path: string): void => {
    kernel.chmod(path, modeOf(kernel, path, mode));
    const { uid, gid } = kernel.stat(path);
    const wantedUid = owner === undefined ? uid : resolved(kernel, owner).uid;
    const wantedGid = group === undefined ? gid : resolved(kernel, `:${group}`).gid;
    if (wantedUid !== uid || wantedGid !== gid) kernel.chown(path, wantedUid, wantedGid);
  };
  if (flags.has('d')) {
    for (const operand of operands) {
      makePath(kernel, canonicalPath(cwd, operand), NEW_DIRECTORY);
      finish(canonicalPath(cwd, operand));
    }
    return '';
  }
  const target = values.get('t') ?? operands.at(-1);
  const sources = values.has('t') ? operands : operands.slice(0, -1);
  if (target === undefined || sources.length === 0) throw new CommandError('missing file operand');
  const to = canonicalPath(cwd, target);
  if (flags.has('D')) makePath(kernel, values.has('t') ? to : directoryOf(to), NEW_DIRECTORY);
  for (const source of sources) {
    const from = canonicalPath(cwd, source);
    const there = kernel.find(to, true);
    const path = there !== undefined && isDirectory(there) ? joined(to, nameOf(from)) : to;
    kernel.writeFile(path, WRITE, 0o755, kernel.readFile(from));
    finish(path);
  }
  return '';
}
