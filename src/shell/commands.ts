/** Commands of images that just-bash lacks, or has without the options that Dockerfiles use. */

import type { ContainerUser } from '../build/user.js';
import type { Kernel } from '../union/kernel.js';
import { commandOf, parse, type Run, type ShellCommand } from './command.js';
import { copy } from './copying.js';
import { install, makeDirectories, makeTemporary } from './making.js';
import { changeOwner } from './owners.js';
import { sleep } from './sleep.js';
import { compareFiles, statFiles } from './stat.js';
import { addGroup, addUser, identity } from './users.js';

export function ownCommands(kernel: Kernel, user: ContainerUser): Record<string, ShellCommand> {
  const runs: Record<string, Run> = {
    chown: (args, context) => changeOwner(args, context, 'user'),
    chgrp: (args, context) => changeOwner(args, context, 'group'),
    id: (args) => identity(kernel, args, user),
    whoami: () => `${user.name || user.uid}\n`,
    mkdir: makeDirectories,
    mktemp: makeTemporary,
    install,
    cp: copy,
    uname: (args) => systemName(args),
    arch: () => 'x86_64\n',
    nproc: () => '1\n',
    sync: () => '',
    stat: statFiles,
    cmp: compareFiles,
    adduser: addUser,
    useradd: addUser,
    addgroup: addGroup,
    groupadd: addGroup,
  };
  const plain = Object.entries(runs).map(([name, run]) => [name, commandOf(name, run)] as const);
  return { ...Object.fromEntries(plain), sleep };
}

function systemName(args: readonly string[]): string {
  const { flags } = parse(args, []);
  const parts = { s: 'Linux', n: 'container', r: '6.0.0', v: '#1 stratum', m: 'x86_64', o: 'GNU/Linux' };
  const wanted = flags.has('a') ? Object.keys(parts) : Object.keys(parts).filter((letter) => flags.has(letter));
  const chosen = wanted.length === 0 ? ['s'] : wanted;
  return `${chosen.map((letter) => parts[letter as keyof typeof parts]).join(' ')}\n`;
}
