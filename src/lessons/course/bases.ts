/** The images that lessons begin with: small enough to be built in a moment, and from nothing but what is here. */

import type { PreparedImage } from '../lesson.js';

const PROGRAMS = [
  'cat',
  'chmod',
  'cp',
  'echo',
  'head',
  'ls',
  'mkdir',
  'mv',
  'rm',
  'rmdir',
  'sh',
  'sleep',
  'stat',
  'tail',
  'touch',
  'wc',
];
/** The simulated shell asks only that a program is there; what it does it knows by itself. */
const PROGRAM = 'a program of the simulated shell\n';
const MEGABYTE = 1_000_000;

/** A shell, a handful of programs and a greeting: some kilobytes. */
export const TINY: PreparedImage = {
  name: 'tiny:1',
  dockerfile: 'FROM scratch\nCOPY --chmod=755 bin/ /bin/\nCOPY etc/ /etc/\nCMD ["sh"]\n',
  files: {
    ...Object.fromEntries(PROGRAMS.map((name) => [`bin/${name}`, PROGRAM])),
    'etc/motd': 'Welcome to tiny.\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  },
};

/** The same, and a megabyte as any real system has of libraries. */
export const BASE: PreparedImage = {
  name: 'base:1',
  dockerfile: 'FROM tiny:1\nCOPY library.bin /usr/lib/library.bin\n',
  files: { 'library.bin': { sizeBytes: MEGABYTE, seed: 'library' } },
};

/** The tools that programs are built with, and that nobody needs to run them. */
export const TOOLS: PreparedImage = {
  name: 'tools:1',
  dockerfile: 'FROM tiny:1\nCOPY compiler.bin /usr/lib/compiler.bin\n',
  files: { 'compiler.bin': { sizeBytes: MEGABYTE, seed: 'compiler' } },
};
