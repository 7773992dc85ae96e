/** What `build --check` finds: the rules of Docker, by their names. */

import { describe, expect, test } from 'vitest';
import { type CheckOptions, checkDockerfile, reportDockerfile } from '../../src/dockerfile/checks/check.js';
import { pathPatterns } from '../../src/dockerfile/ignore.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';

const PLATFORMS = new Map([
  ['TARGETPLATFORM', 'linux/amd64'],
  ['BUILDPLATFORM', 'linux/amd64'],
]);

const check = (text: string, options: CheckOptions = {}): string[] =>
  checkDockerfile(parseDockerfile(text), { platformArgs: PLATFORMS, ...options }).map(
    ({ ruleName, location }) => `${location.ranges[0]?.start.line} ${ruleName}`,
  );
const details = (text: string, options: CheckOptions = {}): string[] =>
  checkDockerfile(parseDockerfile(text), { platformArgs: PLATFORMS, ...options }).map(({ detail }) => detail);
/** Instructions of a stage from scratch; the first is at line 2. */
const below = (...lines: string[]): string => `FROM scratch\n${lines.join('\n')}\n`;

type Table = [text: string, expected: string[]][];

describe('how it is written', () => {
  test.each<Table[number]>([
    ['FROM scratch AS Build\n', ['1 StageNameCasing']],
    ['FROM scratch AS build\n', []],
    ['FROM scratch as build\n', ['1 FromAsCasing']],
    ['from scratch AS build\n', ['1 FromAsCasing']],
    ['from scratch as build\n', []],
    ['From scratch As build\nRUN a\n', ['1 ConsistentInstructionCasing']],
    ['FROM scratch\nRUN a \\\n\n b\n', ['4 NoEmptyContinuation']],
    ['FROM scratch\nRUN a \\\n# says what b is for\n b\n', []],
    ['FROM scratch\ncopy a b\nCOPY c d\n', ['2 ConsistentInstructionCasing']],
    ['from scratch\ncopy a b\nCOPY c d\n', ['3 ConsistentInstructionCasing']],
    ['FROM scratch\nRuN a\n', ['2 ConsistentInstructionCasing']],
    ['FROM scratch AS b\nFROM scratch AS B\n', ['2 StageNameCasing', '2 DuplicateStageName']],
    ['FROM a AS scratch\nFROM a AS context\n', ['1 ReservedStageName', '2 ReservedStageName']],
    [below('MAINTAINER me'), ['2 MaintainerDeprecated']],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));

  const EXPERIMENTAL = '# check=experimental=all\n';
  test.each<Table[number]>([
    ['# other\nARG x=1\nFROM scratch\n', ['3 InvalidDefinitionDescription']],
    ['# x is for this\nARG x=1\nFROM scratch\n', []],
    ['# y is for that\nARG x=1 y=2\nFROM scratch\n', []],
    ['#\nARG x=1\nFROM scratch\n', []],
    ['# Base holds it\nFROM scratch AS base\n', ['3 InvalidDefinitionDescription']],
    ['# any\nFROM scratch\n', []],
  ])('descriptions: %j', (text, expected) => {
    expect(check(EXPERIMENTAL + text)).toEqual(expected);
    expect(check(text)).toEqual([]);
  });
});

describe('FROM', () => {
  test.each<Table[number]>([
    ['FROM a$tga\n', ['1 UndefinedArgInFrom']],
    ['ARG tga\nFROM a$tga\n', []],
    ['ARG tga\nFROM --platform=$BUILDPLATFORM a$tga\n', []],
    ['ARG TAG\nFROM $TAG\n', ['2 InvalidDefaultArgInFrom']],
    ['ARG TAG="x:"\nFROM a$TAG\n', ['2 InvalidDefaultArgInFrom']],
    ['ARG TAG=:1\nFROM a$TAG\n', []],
    ['FROM --platform=linux/arm64 scratch\n', ['1 FromPlatformFlagConstDisallowed']],
    ['FROM --platform=linux/arm64 scratch AS on-arm64\n', []],
    ['FROM --platform=aarch64 scratch AS on-arm64\n', []],
    ['FROM --platform=linux/arm/v7 scratch AS for-v7\n', ['1 FromPlatformFlagConstDisallowed']],
    ['FROM --platform=$TARGETPLATFORM scratch\n', ['1 RedundantTargetPlatform']],
    ['FROM --platform=$BUILDPLATFORM scratch\n', []],
    ['FROM --platform=$BULIDPLATFORM scratch\n', ['1 UndefinedArgInFrom']],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));

  test('the name of an image is right by default, though an argument is given', () => {
    expect(check('ARG TAG\nFROM $TAG\n', { buildArgs: { TAG: 'debian' } })).toEqual(['2 InvalidDefaultArgInFrom']);
  });

  test.each<[name: string, isRight: boolean]>([
    ['debian', true],
    ['localhost/a', true],
    ['registry.example.org:5000/a/b-c__d.e:1.0', true],
    ['[::1]:5000/a', true],
    [`a@sha256:${'0'.repeat(64)}`, true],
    ['0'.repeat(64), false],
    ['Debian', false],
    ['a..b', false],
    ['a:', false],
    ['a:b:c', false],
    ['a@b', false],
    ['a//b', false],
    ['a'.repeat(255), false],
  ])('%s', (name, isRight) => {
    expect(check(`FROM ${name}\n`)).toEqual(isRight ? [] : ['1 InvalidDefaultArgInFrom']);
  });

  test.each<[text: string, base: string | undefined, expected: string[]]>([
    ['FROM a\n', 'linux/arm64', ['1 InvalidBaseImagePlatform']],
    ['FROM a\n', 'linux/amd64/v2', []],
    ['FROM a\n', undefined, []],
    ['FROM --platform=linux/arm64 a AS arm64\n', 'linux/arm64', []],
    ['FROM --platform=linux/arm64 a AS arm64\n', 'linux/amd64', ['1 InvalidBaseImagePlatform']],
    ['FROM scratch AS b\nFROM b\n', 'linux/arm64', []],
  ])('%j on %s', (text, base, expected) => expect(check(text, { basePlatform: () => base })).toEqual(expected));
});

describe('variables', () => {
  test.each<Table[number]>([
    [below('COPY $foo .'), ['2 UndefinedVar']],
    [below('COPY $foo $foo'), ['2 UndefinedVar', '2 UndefinedVar']],
    [below('ARG foo', 'COPY $foo .'), []],
    [below('ENV foo=1', 'COPY $foo .'), []],
    [below('ENV foo=1 bar=$foo'), ['2 UndefinedVar']],
    [below('COPY $' + '{foo:-x} .'), ['2 UndefinedVar']],
    [below("COPY '$foo' ."), []],
    [below('ARG foo=$bar'), ['2 UndefinedVar']],
    [below('LABEL $foo=1'), ['2 UndefinedVar']],
    [
      below('VOLUME $foo', 'USER $foo', 'STOPSIGNAL $foo', 'WORKDIR /$foo'),
      [2, 3, 4, 5].map((n) => `${n} UndefinedVar`),
    ],
    [below('RUN --mount=type=cache,target=/$foo a'), ['2 UndefinedVar']],
    [below('RUN echo $foo', 'CMD ["$foo"]', 'EXPOSE $foo'), []],
    [below('COPY <<E /a', '$foo', 'E', "COPY <<'E' /a", '$foo', 'E'), ['2 UndefinedVar']],
    [below('ENV PATH=$PATH:/a'), []],
    ['ARG foo=1\nFROM scratch\nCOPY $foo .\n', ['3 UndefinedVar']],
    ['ARG foo=1\nFROM scratch\nARG foo\nCOPY $foo .\n', []],
    ['FROM scratch AS a\nARG foo\nFROM a\nCOPY $foo .\n', []],
    ['FROM scratch AS a\nARG foo\nFROM scratch\nCOPY $foo .\n', ['4 UndefinedVar']],
    ['FROM scratch AS a\nONBUILD COPY $foo .\nFROM a\n', ['3 UndefinedVar']],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));

  test('the config of the base has some', () => {
    const baseEnv = (image: string) => (image === 'base:1' ? new Map([['foo', '/a']]) : undefined);
    const text = 'ARG TAG=1\nFROM base:$TAG\nWORKDIR $foo\n';
    expect([check(text, { baseEnv }), check(text)]).toEqual([[], ['3 UndefinedVar', '3 WorkdirRelativePath']]);
  });

  test('what was probably meant is said', () => {
    expect(details(below('ENV NAME=1', 'COPY $NAEM .'))).toEqual([
      "Usage of undefined variable '$NAEM' (did you mean $NAME?)",
    ]);
  });

  test.each<Table[number]>([
    [below('ARG DB_PASSWORD', 'ENV API_KEY=x apikey=y'), ['2', '3', '3'].map((n) => `${n} SecretsUsedInArgOrEnv`)],
    [below('ENV PUBLIC_KEY=x KEYBOARD=y'), []],
    [below('ENV a b', 'LABEL c d'), ['2 LegacyKeyValueFormat', '3 LegacyKeyValueFormat']],
    [below('ENV a=b', 'LABEL c=d'), []],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));
});

describe('commands, paths and ports', () => {
  test.each<Table[number]>([
    [below('CMD a'), ['2 JSONArgsRecommended']],
    [below('ENTRYPOINT a'), ['2 JSONArgsRecommended']],
    [below('CMD ["a"]', 'HEALTHCHECK CMD a'), []],
    [below('SHELL ["x"]', 'CMD a'), []],
    ['FROM scratch AS a\nSHELL ["x"]\nFROM a\nCMD b\n', []],
    [below('CMD ["a"]', 'CMD ["b"]', 'CMD ["c"]'), ['2', '3'].map((n) => `${n} MultipleInstructionsDisallowed`)],
    [below('HEALTHCHECK NONE', 'HEALTHCHECK CMD a'), ['2 MultipleInstructionsDisallowed']],
    ['FROM scratch AS a\nCMD ["a"]\nFROM a\nCMD ["b"]\n', []],
    [below('WORKDIR app', 'WORKDIR x'), ['2 WorkdirRelativePath']],
    [below('WORKDIR /app', 'WORKDIR x'), []],
    [below('ARG dir="/app"', 'WORKDIR $dir'), []],
    [below("ENV dir='/app'", 'WORKDIR $dir'), []],
    ['FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n', []],
    [below('EXPOSE 80/TCP 81/udp'), ['2 ExposeProtoCasing']],
    [below('EXPOSE 1:2', 'EXPOSE [::1]:1:2', 'EXPOSE 1-2'), ['2 ExposeInvalidFormat', '3 ExposeInvalidFormat']],
    [below('ENV p=80/Tcp', 'EXPOSE $p'), ['3 ExposeProtoCasing']],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));

  test.each<[text: string, ignored: string[], expected: string[]]>([
    ['COPY secret .', ['secret'], ['"secret"']],
    ['ADD ./secret/../secret .', ['secret'], ['"secret"']],
    ['COPY secret/key other .', ['secret'], ['"secret/key"']],
    ['COPY . .', ['secret'], []],
    ['COPY . .', ['*'], ['"."']],
    ['COPY secret .', ['*', '!secret'], []],
    ['COPY --from=0 secret .', ['secret'], []],
    ['ADD https://example.org/secret .', ['**'], []],
  ])('%s without %j', (line, ignored, expected) => {
    const ignore = pathPatterns(ignored);
    const text = `# check=experimental=CopyIgnoredFile\nFROM scratch\nFROM scratch\n${line}\n`;
    const found = details(text, { ignore }).map((detail) => /"[^"]*"/.exec(detail)?.[0]);
    expect([found, check(text.replace(/.*\n/, ''), { ignore })]).toEqual([expected, []]);
  });
});

describe('which stages and which rules', () => {
  test('what the target needs is looked at, and all without one', () => {
    const text = 'FROM scratch AS a\nCOPY $x .\nFROM scratch AS b\nCOPY $y .\nFROM scratch\nCOPY --from=a $z .\n';
    expect(check(text)).toEqual(['2 UndefinedVar', '4 UndefinedVar', '6 UndefinedVar']);
    expect(check(text, { target: 'A' })).toEqual(['2 UndefinedVar']);
    expect(check(`${text}FROM b AS c\nRUN --mount=from=a,target=/a x\n`, { target: 'c' })).toEqual([
      '2 UndefinedVar',
      '4 UndefinedVar',
    ]);
  });

  test('a base may be named by a variable', () => {
    const text = 'ARG base=a\nFROM scratch AS a\nARG x\nFROM $base AS b\nCOPY $x .\n';
    expect(check(text, { target: 'b' })).toEqual([]);
  });

  test.each<[directive: string, expected: string[]]>([
    ['skip=JSONArgsRecommended', ['3 MaintainerDeprecated']],
    ['skip=JSONArgsRecommended, MaintainerDeprecated', []],
    ['skip=all', []],
    ['skip=none', ['3 MaintainerDeprecated', '4 JSONArgsRecommended']],
  ])('check=%s', (directive, expected) => {
    const text = `# check=${directive}\nFROM scratch\nMAINTAINER me\nCMD a\n`;
    expect(check(text)).toEqual(expected);
    const plain = text.replace(/.*/, '#');
    expect(check(plain, { buildArgs: { BUILDKIT_DOCKERFILE_CHECK: directive } })).toEqual(expected);
  });

  test('a warning says where to read on', () => {
    const [warning] = checkDockerfile(parseDockerfile(below('CMD a'), { file: 'x/Dockerfile' }));
    expect(warning).toEqual({
      ruleName: 'JSONArgsRecommended',
      description: 'JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals',
      url: 'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
      detail: 'JSON arguments recommended for CMD to prevent unintended behavior related to OS signals',
      location: {
        file: 'x/Dockerfile',
        ranges: [{ start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }],
      },
    });
  });
});

describe('what ends a build', () => {
  test.each<[text: string, message: string | undefined]>([
    ['# check=error=true\nFROM scratch\nCMD a\n', 'Dockerfile: lint violation found for rules: JSONArgsRecommended'],
    ['# check=error=true\nFROM scratch\n', undefined],
    ['ARG x\nFROM $x\n', 'Dockerfile:2: base name ($x) should not be blank'],
    ['FROM a:\n', 'Dockerfile:1: failed to parse stage name "a:": invalid reference format'],
    [
      'FROM --platform=$BULIDPLATFORM a\n',
      'Dockerfile:1: empty platform value from expression $BULIDPLATFORM (did you mean BUILDPLATFORM?)',
    ],
    ['FROM scratch\nENV a=$' + '{b?}\n', 'Dockerfile:2: failed to process "$' + '{b?}": b: is not allowed to be unset'],
    ['FROM scratch AS a\nONBUILD RUN --x a\nFROM a\n', undefined],
  ])('%j', (text, message) => {
    let error: Error | undefined;
    try {
      ({ error } = reportDockerfile(parseDockerfile(text), { platformArgs: PLATFORMS }));
    } catch {
      return expect(message).toBeUndefined();
    }
    expect(error?.message).toBe(message);
  });

  test('a target that is not there', () => {
    const { error } = reportDockerfile(parseDockerfile('FROM scratch AS build\n'), { target: 'bulid' });
    expect(error?.message).toBe('Dockerfile: target stage "bulid" could not be found (did you mean build?)');
  });
});
