/** Text that is meant to keep a reader busy: time grows with its length, not faster. */

import { describe, expect, test } from 'vitest';
import { isStratumError } from '../../src/base/error.js';
import { checkDockerfile } from '../../src/dockerfile/checks/check.js';
import { expandWord, expandWords } from '../../src/dockerfile/expand.js';
import { ignorePatterns } from '../../src/dockerfile/ignore.js';
import { matchName } from '../../src/dockerfile/match.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';

/** What grows by the square takes more than ten times as long as the limit for a text of this length. */
const LENGTH = 200_000;
const LIMIT_MS = 3000;

/** Of work, not of the clock: others may use the machine too. */
function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const many = (text: string, count = LENGTH): string => text.repeat(count);
const below = (line: string) => () => parseDockerfile(`FROM a\n${line}`);
const open = '$' + '{';
const env = new Map([['A', many('a')]]);
const word = (text: string) => () => expandWord(text, { env });

const ownChecks = (lines: string, from = 'FROM a') => {
  return () => checkDockerfile(parseDockerfile(`${from}\n${lines}`), { own: true });
};
const stages = many('FROM scratch AS a\nFROM a\n', LENGTH / 8);

describe('ends soon for', () => {
  test.each<readonly [name: string, run: () => unknown]>([
    ['blanks within a line', below(`RUN a${many(' ')}b`)],
    ['carriage returns within a line', below(`RUN a${many('\r')}b`)],
    ['blanks behind ENV name', below(`ENV a${many(' ')}b`)],
    ['blanks behind a flag', below(`RUN --network=none${many(' ')}b`)],
    ['blanks within a directive', () => parseDockerfile(`# syntax=a${many(' ')}b\nFROM a`)],
    ['flags', below(`RUN ${many('--mount=type=tmpfs,target=/a ')}b`)],
    ['pairs', below(`ENV ${many('a=b ')}`)],
    ['quotes', below(`LABEL a="${many('\\"')}"`)],
    ['keys of a mount', below(`RUN --mount=${many('a=b,')} c`)],
    ['an unknown instruction', below(many('X'))],
    ['brackets of JSON', below(`RUN ${many('[')}`)],
    ['continuation lines', below(`RUN a\\\n${many('\\\n')}b`)],
    ['here-documents', below(`RUN ${many('<<a ', 5000)}\n${many('a\n', 5000)}`)],
    ['parts of a duration', below(`HEALTHCHECK --interval=${many('1s')} CMD a`)],
    ['a duration without a unit', below(`HEALTHCHECK --interval=${many('1')}x CMD a`)],
    ['variables', () => expandWords(many('$B '), { env })],
    ['stars of a prefix', word(`${open}A##${many('*a', 20)}*b}`)],
    ['stars of a suffix', word(`${open}A%%b${many('*a', 20)}*}`)],
    ['a replacement that is found nowhere', word(`${open}A//a*b/x}`)],
    ['a replacement that is found everywhere', word(`${open}A//a/bb}`)],
    ['stars of a file name', () => matchName(`${many('*a', 20)}b`, many('a', 4096))],
    ['directories of a pattern', () => ignorePatterns(`${many('**/', 20)}b`)?.matches(`${many('a/', 2000)}c`)],
    ['checks of paths that are removed', ownChecks(many('RUN touch /*a b\nRUN rm /*?*c /*d*e\n', LENGTH / 32))],
    ['checks of one long command', ownChecks(`RUN touch a\nRUN rm ${many('*a/ ')}`)],
    ['checks of quotes and digits', ownChecks(`RUN touch ${many('1')} ${many(`"\\"`)} ${many("'")}`)],
    ['checks of copies', ownChecks(many('COPY . .\n', LENGTH / 8))],
    ['checks of a long name', ownChecks('', `FROM ${many('a.', 2047)}`)],
    ['checks of stages', () => checkDockerfile(parseDockerfile(stages))],
    ['checks of many stages', () => checkDockerfile(parseDockerfile(stages), { target: 'a' })],
    ['a long pattern', () => ignorePatterns(`*${many('a')}`)?.matches(many('a', 4096))],
  ])('%s', (_, run) => {
    const start = process.cpuUsage();
    try {
      run();
    } catch (error) {
      expect(isStratumError(error, 'DOCKERFILE_INVALID')).toBe(true);
    }
    expect(millisecondsSince(start)).toBeLessThan(LIMIT_MS);
  });
});

describe('a Dockerfile of the wrong kind', () => {
  const build = (text: string) => () => parseDockerfile(text);

  test('has a line of ten megabytes, and is read', () => {
    const text = `FROM a\nRUN ${many('x', 10_000_000)}\nENV A=${many('y', 10_000_000)}\n`;
    const start = process.cpuUsage();
    const [stage] = parseDockerfile(text).stages;
    expect(stage?.instructions.map(({ kind }) => kind)).toEqual(['run', 'env']);
    expect(millisecondsSince(start)).toBeLessThan(LIMIT_MS);
  });

  test.each([1000, 100_000])('nests %i expansions, and is refused', (depth) => {
    const nested = (levels: number): string => `${many(`${open}B:-`, levels)}x${many('}', levels)}`;
    expect(expandWord(nested(50), { env })).toBe('x');
    expect(() => expandWord(nested(depth), { env })).toThrow('substitutions nested more than 100 deep');
  });

  test.each([
    ['an unterminated here-document', 'FROM a\nRUN <<EOF\ntrue\n', 'Dockerfile:2: unterminated heredoc'],
    ['one of two', 'FROM a\nCOPY <<A <<B /x/\na\nA\nb\n', 'Dockerfile:2: unterminated heredoc'],
    ['an unknown instruction', 'FROM a\nRUNN x\n', 'Dockerfile:2: unknown instruction: RUNN (did you mean RUN?)'],
    ['an unknown flag', 'FROM a\nCOPY --chmd=1 a b\n', 'unknown flag: --chmd (did you mean chmod?)'],
    ['a flag of another instruction', 'FROM a\nADD --from=x a b\n', 'unknown flag: --from'],
    ['an unknown flag of RUN', 'FROM a\nRUN --mont=x a\n', 'unknown flag: --mont (did you mean mount?)'],
    [
      'a trigger of a trigger',
      'FROM a\nONBUILD ONBUILD RUN x\n',
      "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
    ],
    ['a trigger that begins a stage', 'FROM a\nONBUILD FROM b\n', "FROM isn't allowed as an ONBUILD trigger"],
    ['no stage', 'RUN x\n', 'no build stage in current context'],
    ['nothing', '\n# a\n', 'file with no instructions'],
  ])('has %s', (_name, text, message) => {
    expect(build(text)).toThrow(message);
  });
});

test('a pattern as hard as its text is long is refused', () => {
  expect(() => expandWord(`${open}A##${many('*a', 50_000)}b}`, { env })).toThrow('too many wildcards');
});
