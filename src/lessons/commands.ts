/** What the solutions type: the verbs, and no more, that a face must know to let a learner finish every lesson. */

/** Of `stratum`, with the arguments that docs/cli.md gives them. */
export const COMMANDS: readonly string[] = [
  'build',
  'commit',
  'df',
  'diff',
  'history',
  'images',
  'layers',
  'ls',
  'pull',
  'push',
  'rm',
  'rmi',
  'run',
  'tag',
  'volume',
];
