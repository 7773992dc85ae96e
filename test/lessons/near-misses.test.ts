/** What comes near to a step, and does not do it: each is told what is still missing. */

import '../../src/node/platform.js';
import { describe, expect, test } from 'vitest';
import { findLesson, LESSONS } from '../../src/lessons/lessons.js';
import { MemoryLearner } from './memory-learner.js';

interface NearMiss {
  readonly lesson: string;
  readonly step: string;
  readonly name: string;
  /** Command lines, or files to write. */
  readonly typed: readonly (string | { readonly path: string; readonly text: string })[];
  readonly missing: RegExp;
}

const LIBRARY = '/usr/lib/library.bin';
const LONG_MS = 120_000;

const NEAR_MISSES: readonly NearMiss[] = [
  {
    lesson: 'layers',
    step: 'build-a',
    name: 'the other directory',
    typed: ['stratum build -t app:a b'],
    missing: /photo of the other directory/,
  },
  {
    lesson: 'layers',
    step: 'build-a',
    name: 'another base',
    typed: [{ path: 'a/Dockerfile', text: 'FROM tiny:1\nCOPY photo.bin /srv/photo.bin\n' }, 'stratum build -t app:a a'],
    missing: /does not stand on/,
  },
  {
    lesson: 'layers',
    step: 'build-a',
    name: 'another path',
    typed: [{ path: 'a/Dockerfile', text: 'FROM base:1\nCOPY photo.bin /photo.bin\n' }, 'stratum build -t app:a a'],
    missing: /has no `\/srv\/photo.bin`/,
  },
  {
    lesson: 'layers',
    step: 'build-b',
    name: 'the same directory again',
    typed: ['stratum build -t app:b a'],
    missing: /photo of the other directory/,
  },
  {
    lesson: 'layers',
    step: 'remove',
    name: 'the other image',
    typed: ['stratum rmi app:b'],
    missing: /`app:b` should stay/,
  },
  {
    lesson: 'copy-on-write',
    step: 'read',
    name: 'created, and not run',
    typed: [`stratum create --name one base:1 wc -c ${LIBRARY}`],
    missing: /has not run yet/,
  },
  {
    lesson: 'copy-on-write',
    step: 'read',
    name: 'one that writes',
    typed: [`stratum run --name one base:1 sh -c 'wc -c ${LIBRARY} > /etc/size'`],
    missing: /wrote something/,
  },
  {
    lesson: 'copy-on-write',
    step: 'append',
    name: 'replaced in place of appended',
    typed: [`stratum run --name two base:1 sh -c 'echo hello > ${LIBRARY}'`],
    missing: /smaller than it was/,
  },
  {
    lesson: 'copy-on-write',
    step: 'append',
    name: 'another file',
    typed: ["stratum run --name two base:1 sh -c 'echo hello >> /etc/motd'"],
    missing: /has not changed/,
  },
  {
    lesson: 'copy-on-write',
    step: 'append',
    name: 'another word',
    typed: [`stratum run --name two base:1 sh -c 'echo goodbye >> ${LIBRARY}'`],
    missing: /`hello` is not its last line/,
  },
  {
    lesson: 'copy-on-write',
    step: 'append',
    name: 'a loop of symlinks in its place',
    typed: [`stratum run --name two base:1 sh -c 'rm ${LIBRARY} && ln -s ${LIBRARY} ${LIBRARY}'`],
    missing: /has no file/,
  },
  {
    lesson: 'copy-on-write',
    step: 'chmod',
    name: 'the rights that it had',
    typed: [`stratum run --name three base:1 chmod 644 ${LIBRARY}`],
    missing: /same rights as before/,
  },
  {
    lesson: 'whiteouts',
    step: 'build',
    name: 'without the working file',
    typed: [{ path: 'Dockerfile', text: 'FROM base:1\nRUN echo 5 > /etc/size\n' }, 'stratum build -t app:1 .'],
    missing: /as it was given/,
  },
  {
    lesson: 'whiteouts',
    step: 'smaller',
    name: 'the same image under another name',
    typed: ['stratum build -t app:2 .'],
    missing: /still has `\/tmp\/work.bin`/,
  },
  {
    lesson: 'whiteouts',
    step: 'smaller',
    name: 'another result',
    typed: [{ path: 'Dockerfile', text: 'FROM base:1\nRUN echo 5 > /etc/size\n' }, 'stratum build -t app:2 .'],
    missing: /should say 1000000/,
  },
  {
    lesson: 'whiteouts',
    step: 'whiteout',
    name: 'emptied, and not removed',
    typed: ["stratum run --name gone base:1 sh -c 'echo > /etc/motd'", 'stratum commit gone app:gone'],
    missing: /takes `\/etc\/motd` away/,
  },
  {
    lesson: 'whiteouts',
    step: 'replace',
    name: 'one file left',
    typed: ["stratum run --name fresh base:1 sh -c 'rm /etc/motd'", 'stratum commit fresh app:fresh'],
    missing: /still shows `\/etc\/passwd`/,
  },
  {
    lesson: 'whiteouts',
    step: 'replace',
    name: 'not made again',
    typed: ['stratum run --name fresh base:1 rm -r /etc', 'stratum commit fresh app:fresh'],
    missing: /no directory `\/etc`/,
  },
  {
    lesson: 'cache-order',
    step: 'build',
    name: 'a name without a build',
    typed: ['stratum tag tiny:1 app:1'],
    missing: /this build was not seen/,
  },
  {
    lesson: 'cache-order',
    step: 'again',
    name: 'another name',
    typed: ['stratum build -t app:2 .'],
    missing: /no other build of `app:1`/,
  },
  {
    lesson: 'cache-order',
    step: 'again',
    name: 'with a change',
    typed: [{ path: 'main.txt', text: 'changed\n' }, 'stratum build -t app:1 .'],
    missing: /not every step was cached/,
  },
  {
    lesson: 'cache-order',
    step: 'change',
    name: 'without a change',
    typed: ['stratum build -t app:1 .'],
    missing: /change `main.txt` first/,
  },
  {
    lesson: 'cache-order',
    step: 'change',
    name: 'another file',
    typed: [{ path: 'packages.txt', text: 'none\n' }, 'stratum build -t app:1 .'],
    missing: /Something else/,
  },
  {
    lesson: 'cache-order',
    step: 'reorder',
    name: 'without the install',
    typed: [{ path: 'Dockerfile', text: 'FROM tiny:1\nWORKDIR /app\nCOPY . .\n' }, 'stratum build -t app:1 .'],
    missing: /the install must stay/,
  },
  {
    lesson: 'cache-order',
    step: 'reorder',
    name: 'a line that changes nothing',
    typed: [
      {
        path: 'Dockerfile',
        text: 'FROM tiny:1\nWORKDIR /app\nCOPY . .\nRUN cp packages.txt installed.txt\nCOPY packages.txt .\n',
      },
      'stratum build -t app:1 .',
    ],
    missing: /still lies below/,
  },
  {
    lesson: 'cache-order',
    step: 'harvest',
    name: 'with other packages, too',
    typed: [
      { path: 'packages.txt', text: 'none\n' },
      { path: 'main.txt', text: 'changed\n' },
      'stratum build -t app:1 .',
    ],
    missing: /Something else|slow step was done again/,
  },
  {
    lesson: 'multi-stage',
    step: 'fat',
    name: 'the tools under another name',
    typed: ['stratum tag tools:1 hello:fat'],
    missing: /has no `\/bin\/hello`/,
  },
  {
    lesson: 'multi-stage',
    step: 'slim',
    name: 'one stage under another name',
    typed: ['stratum build -t hello:slim .'],
    missing: /still has the compiler/,
  },
  {
    lesson: 'multi-stage',
    step: 'slim',
    name: 'without the program',
    typed: [{ path: 'Dockerfile', text: 'FROM tiny:1\n' }, 'stratum build -t hello:slim .'],
    missing: /has no `\/bin\/hello`/,
  },
  {
    lesson: 'multi-stage',
    step: 'run',
    name: 'the first image',
    typed: ['stratum run hello:fat sh /bin/hello'],
    missing: /No container of `hello:slim`/,
  },
  {
    lesson: 'multi-stage',
    step: 'run',
    name: 'one that fails',
    typed: ['stratum run hello:slim sh /bin/goodbye'],
    missing: /and failed/,
  },
  {
    lesson: 'multi-stage',
    step: 'scratch',
    name: 'a second file',
    typed: [
      {
        path: 'Dockerfile',
        text: 'FROM tools:1 AS build\nCOPY hello.txt /bin/hello\nFROM scratch\nCOPY --from=build /bin/hello /bin/sh /bin/\n',
      },
      'stratum build -t hello:min .',
    ],
    missing: /has 2 files/,
  },
  {
    lesson: 'containers',
    step: 'two',
    name: 'one of two',
    typed: ["stratum run --name red base:1 sh -c 'echo red > /etc/colour'"],
    missing: /no container `blue`/,
  },
  {
    lesson: 'containers',
    step: 'two',
    name: 'the wrong colour',
    typed: [
      "stratum run --name red base:1 sh -c 'echo red > /etc/colour'",
      "stratum run --name blue base:1 sh -c 'echo red > /etc/colour'",
    ],
    missing: /of `blue` should say `blue`/,
  },
  {
    lesson: 'containers',
    step: 'commit',
    name: 'the other container',
    typed: ['stratum commit blue app:red'],
    missing: /another container than `red`/,
  },
  {
    lesson: 'containers',
    step: 'further',
    name: 'of the base',
    typed: ["stratum run --name pink base:1 sh -c 'echo and white >> /etc/colour'"],
    missing: /should be a container of `app:red`/,
  },
  {
    lesson: 'containers',
    step: 'further',
    name: 'replaced in place of appended',
    typed: ["stratum run --name pink app:red sh -c 'echo and white > /etc/colour'"],
    missing: /should have two lines/,
  },
  {
    lesson: 'containers',
    step: 'remove',
    name: 'the image in place of the container',
    typed: ['stratum rm pink', 'stratum rmi app:red'],
    missing: /only the container should go/,
  },
  {
    lesson: 'digests',
    step: 'build',
    name: 'one Dockerfile for both',
    typed: [
      'stratum build --timestamp 0 -f a.Dockerfile -t app:a .',
      'stratum build --timestamp 0 -f a.Dockerfile -t app:b .',
    ],
    missing: /the same stack/,
  },
  {
    lesson: 'digests',
    step: 'build',
    name: 'other times',
    typed: [
      'stratum build --timestamp 0 -f a.Dockerfile -t app:a .',
      'stratum build --timestamp 1 -f b.Dockerfile -t app:b .',
    ],
    missing: /top layers differ/,
  },
  {
    lesson: 'digests',
    step: 'codecs',
    name: 'compressed in one way',
    typed: [
      "stratum run --name more app:a sh -c 'echo more > /srv/more.txt'",
      'stratum commit --compression gzip more more:gzip',
      'stratum commit --compression gzip more more:zstd',
    ],
    missing: /compressed in the same way/,
  },
  {
    lesson: 'digests',
    step: 'codecs',
    name: 'two containers',
    typed: [
      "stratum run --name more app:a sh -c 'echo more > /srv/more.txt'",
      "stratum run --name less app:a sh -c 'echo less > /srv/more.txt'",
      'stratum commit --compression gzip more more:gzip',
      'stratum commit --compression zstd less more:zstd',
    ],
    missing: /commit the same container twice/,
  },
  {
    lesson: 'push-and-pull',
    step: 'name',
    name: 'the other image',
    typed: ['stratum tag app:b $REGISTRY/app:a'],
    missing: /another image than `app:a`/,
  },
  {
    lesson: 'push-and-pull',
    step: 'push-a',
    name: 'another repository',
    typed: ['stratum tag app:a $REGISTRY/other:a', 'stratum push $REGISTRY/other:a'],
    missing: /no `app:a` yet/,
  },
  {
    lesson: 'push-and-pull',
    step: 'push-b',
    name: 'named, and not sent',
    typed: ['stratum tag app:b $REGISTRY/app:b'],
    missing: /no `app:b` yet/,
  },
  {
    lesson: 'push-and-pull',
    step: 'again',
    name: 'the other image',
    typed: ['stratum push $REGISTRY/app:a'],
    missing: /not pushed again/,
  },
  {
    lesson: 'push-and-pull',
    step: 'lose',
    name: 'one of two names',
    typed: ['stratum rmi app:b'],
    missing: /is still there/,
  },
  {
    lesson: 'push-and-pull',
    step: 'pull',
    name: 'the other image under its name',
    typed: ['stratum pull $REGISTRY/app:a', 'stratum tag $REGISTRY/app:a $REGISTRY/app:b'],
    missing: /another image than `app:b`/,
  },
  {
    lesson: 'volumes',
    step: 'write',
    name: 'without a volume',
    typed: ["stratum run --name writer tiny:1 sh -c 'mkdir /notes && echo first > /notes/list.txt'"],
    missing: /run without `-v`/,
  },
  {
    lesson: 'volumes',
    step: 'write',
    name: 'a volume without a file',
    typed: ['stratum run --name writer -v notes:/notes tiny:1 ls /notes'],
    missing: /has no `list.txt` yet/,
  },
  {
    lesson: 'volumes',
    step: 'outlive',
    name: 'the volume as well',
    typed: ['stratum rm writer', 'stratum volume rm notes'],
    missing: /should stay/,
  },
  {
    lesson: 'volumes',
    step: 'share',
    name: 'another volume',
    typed: ["stratum run --name second -v other:/notes tiny:1 sh -c 'echo second >> /notes/list.txt'"],
    missing: /should have two lines/,
  },
  {
    lesson: 'volumes',
    step: 'commit',
    name: 'a container that has it in its layer',
    typed: [
      "stratum run --name third tiny:1 sh -c 'mkdir /notes && echo mine > /notes/list.txt'",
      'stratum commit third app:notes',
    ],
    missing: /in a layer/,
  },
  {
    lesson: 'volumes',
    step: 'remove',
    name: 'while it is in use',
    typed: ['stratum volume rm notes'],
    missing: /still there/,
  },
];

/** What people answer who have not seen it yet. */
const WRONG_ANSWERS: readonly (readonly [lesson: string, step: string, ...answers: string[]])[] = [
  ['layers', 'count', '1', '2', '4'],
  ['layers', 'predict', '0', '1 MB', '1020 kB', '5 kB'],
  ['layers', 'stored', '3', '11', '13'],
  ['copy-on-write', 'predict', '0', '6', '500 kB', '2 MB'],
  ['copy-on-write', 'image', '0', '6', '1000006'],
  ['whiteouts', 'predict', '0', '212', '2 MB'],
  ['cache-order', 'predict', '0', '1', '2', '4'],
  ['multi-stage', 'ballast', '0', '26', '2 MB'],
  ['containers', 'diff', '0', '1', '3'],
  ['digests', 'diffid', '000000', 'sha256:'],
  ['digests', 'chain', 'a', 'c', 'd', 'its DiffID'],
  ['digests', 'blob', 'a', 'b', 'its ChainID'],
  ['digests', 'image', '000000'],
  ['push-and-pull', 'predict', '0', '5 kB', '1 MB', '1020 kB'],
  ['volumes', 'where', 'a', 'c', 'z'],
];

test('every step has something that comes near to it', () => {
  const covered = new Set([
    ...NEAR_MISSES.map((miss) => `${miss.lesson} ${miss.step}`),
    ...WRONG_ANSWERS.map(([lesson, step]) => `${lesson} ${step}`),
  ]);
  const steps = LESSONS.flatMap(({ id, steps: all }) => all.map((step) => `${id} ${step.id}`));
  expect(steps.filter((step) => !covered.has(step))).toEqual([]);
});

describe('a question is not answered by', () => {
  test.each(WRONG_ANSWERS)(
    '%s, %s: %s and the like',
    async (lesson, step, ...answers) => {
      const learner = await MemoryLearner.begin(findLesson(lesson) ?? expect.unreachable());
      await learner.reach(step);
      for (const answer of answers)
        expect([answer, (await learner.run.answer(answer)).kind]).toEqual([answer, 'missing']);
      expect((await learner.solve()).kind).toBe('done');
    },
    LONG_MS,
  );
});

describe('a step is not done by', () => {
  test.each(NEAR_MISSES)(
    '$lesson, $step: $name',
    async ({ lesson, step, typed, missing }) => {
      const learner = await MemoryLearner.begin(findLesson(lesson) ?? expect.unreachable());
      await learner.reach(step);
      for (const each of typed) {
        // A command that fails changes nothing, and is how some of them come near.
        if (typeof each === 'string') await learner.type(each).catch(() => {});
        else learner.write(each.path, each.text);
      }
      const outcome = await learner.run.check();
      expect(outcome.kind === 'missing' ? outcome.missing : outcome.kind).toMatch(missing);
    },
    LONG_MS,
  );
});
