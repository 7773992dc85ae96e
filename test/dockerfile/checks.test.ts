/** What `build --check` finds. */

import { describe, expect, test } from 'vitest';
import { type CheckOptions, checkDockerfile } from '../../src/dockerfile/checks/check.js';
import { pathPatterns } from '../../src/dockerfile/ignore.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';

const check = (text: string, options: CheckOptions = {}): string[] =>
  checkDockerfile(parseDockerfile(text), options).map(
    ({ ruleName, location }) => `${location.ranges[0]?.start.line} ${ruleName}`,
  );

describe('checkDockerfile', () => {
  test.each<[string, string[]]>([
    ['FROM scratch AS Build\n', ['1 StageNameCasing']],
    ['FROM scratch as build\n', ['1 FromAsCasing']],
    ['FROM scratch\nRUN a \\\n\n b\n', ['4 NoEmptyContinuation']],
    ['FROM scratch\ncopy a b\nCOPY c d\n', ['2 ConsistentInstructionCasing']],
    ['FROM scratch AS b\nFROM scratch AS b\n', ['2 DuplicateStageName']],
    ['FROM a AS scratch\n', ['1 ReservedStageName']],
    ['FROM scratch\nCMD a\n', ['2 JSONArgsRecommended']],
    ['FROM scratch\nSHELL ["x"]\nCMD a\n', []],
    ['FROM scratch\nMAINTAINER me\n', ['2 MaintainerDeprecated']],
    ['FROM a$tga\n', ['1 UndefinedArgInFrom']],
    ['FROM scratch\nWORKDIR app\nWORKDIR x\n', ['2 WorkdirRelativePath']],
    ['FROM scratch\nCOPY $foo .\n', ['2 UndefinedVar']],
    ['FROM scratch\nARG foo\nCOPY $foo .\n', []],
    ['FROM scratch\nCMD ["a"]\nCMD ["b"]\n', ['2 MultipleInstructionsDisallowed']],
    ['FROM scratch\nENV a b\n', ['2 LegacyKeyValueFormat']],
    ['FROM --platform=linux/arm64 scratch\n', ['1 FromPlatformFlagConstDisallowed']],
    ['FROM scratch\nARG DB_PASSWORD\nENV API_KEY=x\n', ['2 SecretsUsedInArgOrEnv', '3 SecretsUsedInArgOrEnv']],
    ['ARG TAG\nFROM $TAG\n', ['2 InvalidDefaultArgInFrom']],
    ['FROM scratch\nEXPOSE 80/TCP\nEXPOSE 1:2\n', ['2 ExposeProtoCasing', '3 ExposeInvalidFormat']],
    ['# check=experimental=all\n# other\nARG x=1\nFROM scratch\n', ['3 InvalidDefinitionDescription']],
    ['# check=skip=JSONArgsRecommended\nFROM scratch\nCMD a\n', []],
  ])('%j', (text, expected) => {
    expect(check(text)).toEqual(expected);
  });

  test('warns of a platform that is the default anyway', () => {
    const platformArgs = new Map([['TARGETPLATFORM', 'linux/amd64']]);
    expect(check('FROM --platform=$TARGETPLATFORM scratch\n', { platformArgs })).toEqual(['1 RedundantTargetPlatform']);
  });

  test('warns of files that .dockerignore leaves out, when asked to', () => {
    const ignore = pathPatterns(['secret']);
    const text = '# check=experimental=CopyIgnoredFile\nFROM scratch\nCOPY secret .\nCOPY other .\n';
    expect(check(text, { ignore })).toEqual(['3 CopyIgnoredFile']);
  });

  test('looks at what the target needs', () => {
    const text = 'FROM scratch AS a\nCOPY $x .\nFROM scratch AS b\nCOPY $y .\n';
    expect(check(text)).toEqual(['2 UndefinedVar', '4 UndefinedVar']);
    expect(check(text, { target: 'a' })).toEqual(['2 UndefinedVar']);
  });
});
