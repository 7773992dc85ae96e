/** Builds from a Dockerfile: cached, copying and running, as whole processes and in one. */

import fs from 'node:fs';
import path from 'node:path';
import { REAL_IMAGE_NEEDS, type RealImage, realImage } from '../../test/kit/real-image.js';
import {
  type Builder,
  commandShot,
  countOf,
  PROJECT_STEPS,
  printedBy,
  StratumStore,
  writeProject,
} from '../builders.js';
import { type BenchContext, type Group, sized } from '../context.js';
import { fileCorpus, layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { missingCommand } from '../process.js';
import { Buildah, buildahMissing } from '../rivals/buildah.js';
import { overlayMissing } from '../rivals/kernel.js';
import { writeBaseLayout } from '../rivals/oci-layout.js';
import { buildDirectory, openWith } from '../subject.js';
import { populate } from '../sync-fs.js';

/** What the real image is called in its archive. */
const REAL = 'localhost/real:1';
const CACHED_PROCESS = 'cached build of 11 steps, whole process';
const RUN_TRUE = 'RUN true with --runtime chroot, whole process';

export const builds: Group = {
  name: 'builds',
  about: 'Building from a Dockerfile, beside buildah bud',
  run: async (context) => {
    const noBuildah = buildahMissing(context.scratch);
    const noImage = realImageMissing();
    if (noImage === undefined) {
      const image = await realImage();
      await cachedProcess(context, image, noBuildah);
      await running(context, image);
    } else {
      for (const bench of [CACHED_PROCESS, RUN_TRUE]) context.skip({ bench, subject: 'all', reason: noImage });
    }
    await cachedInProcess(context);
    await cachedBySize(context);
    await copying(context, noBuildah);
  },
};

/** Why the image of Debian packages cannot be made. */
function realImageMissing(): string | undefined {
  const [, ...tools] = REAL_IMAGE_NEEDS;
  if (process.getuid?.() !== 0) return 'the image of Debian packages keeps its owners only as root';
  return tools.map(missingCommand).find((reason) => reason !== undefined);
}

async function cachedProcess(context: BenchContext, image: RealImage, noBuildah: string | undefined): Promise<void> {
  const { scratch } = context;
  const directory = writeProject(scratch, REAL);
  const store = new StratumStore(scratch);
  await store.load(image.dockerArchive);
  const ours = store.build(directory);
  await printedBy(ours);
  const shots = [
    commandShot({ subject: 'stratum build', at: '' }, ours, { word: 'CACHED', times: PROJECT_STEPS.stratum }),
  ];
  let buildah: Buildah | undefined;
  try {
    if (noBuildah !== undefined) context.skip({ bench: CACHED_PROCESS, subject: 'buildah bud', reason: noBuildah });
    else {
      buildah = new Buildah(scratch);
      buildah.pull(`docker-archive:${image.dockerArchive}`);
      const theirs = buildah.build(directory);
      await printedBy(theirs);
      const cached = { word: 'Using cache', times: PROJECT_STEPS.buildah };
      shots.push(commandShot({ subject: 'buildah bud', at: '' }, theirs, cached));
    }
    await oneShot(CACHED_PROCESS, shots, context);
  } finally {
    buildah?.remove();
  }
}

/** A RUN beside the same build with a line that makes no layer; the layers of the image are unpacked beforehand. */
async function running(context: BenchContext, image: RealImage): Promise<void> {
  const reason =
    overlayMissing(context.scratch) ?? ['unshare', 'setpriv', 'tar'].map(missingCommand).find((each) => each);
  if (reason !== undefined) {
    context.skip({ bench: RUN_TRUE, subject: 'stratum build', reason });
    return;
  }
  const store = new StratumStore(context.scratch);
  await store.load(image.dockerArchive);
  const shots = [
    { at: 'without RUN', line: 'CMD ["true"]', times: 0 },
    { at: 'with RUN', line: 'RUN ["/bin/true"]', times: 1 },
  ].map(({ at, line, times }) => {
    const directory = fs.mkdtempSync(path.join(context.scratch, 'running-'));
    fs.writeFileSync(path.join(directory, 'Dockerfile'), `FROM ${REAL}\n${line}\n`);
    const command = store.build(directory, '--runtime', 'chroot', '--no-cache');
    return commandShot({ subject: 'stratum build', at }, command, { word: 'DONE', times });
  });
  // What the kernel takes for a process in namespaces of its own, whoever asks for it.
  const bare = ['unshare', '--mount', '--pid', '--fork', '--uts', '--ipc', '--net', 'true'];
  shots.push(commandShot({ subject: 'the process itself', at: '' }, bare, { word: 'DONE', times: 0 }));
  const rounds: (readonly number[])[] = [];
  const record: BenchContext['record'] = (row) => {
    rounds.push(row.rounds);
    context.record(row);
  };
  await oneShot(RUN_TRUE, shots, { ...context, record });
  const [without = [], run = [], alone = []] = rounds;
  const added = run.map((took, round) => Math.max(0, took - (without[round] ?? 0) - (alone[round] ?? 0)));
  const bench = 'what that RUN adds beyond the process itself';
  context.record({ bench, subject: 'stratum build', at: '', unit: 'ns', rounds: added });
}

async function cachedInProcess(context: BenchContext): Promise<void> {
  const operations = sized(context, 20, 2);
  const layout = path.join(context.scratch, 'debian-like');
  const directory = writeProject(context.scratch, writeBaseLayout(layout, sized(context, 6000, 500)));
  const shots: AnyShot[] = [];
  for (const [at, root] of [
    ['store in memory', undefined],
    ['store on a disk', path.join(context.scratch, 'store')],
  ] as const) {
    const engine = await openWith(layout, root);
    await buildDirectory(engine, directory);
    shots.push(
      shot({
        subject: 'stratum',
        at,
        operations,
        prepare: () => undefined,
        run: async () => {
          let cached = 0;
          for (let time = 0; time < operations; time++) cached += await buildDirectory(engine, directory);
          return cached;
        },
        check: (cached) => expectEqual(cached, operations * PROJECT_STEPS.stratum, 'cached steps'),
      }),
    );
  }
  await oneShot('cached build of 11 steps, in process', shots, context);
}

/** Processes open the store anew, so that what they read of the image below is in the figure. */
async function cachedBySize(context: BenchContext): Promise<void> {
  const shots: AnyShot[] = [];
  for (const files of [sized(context, 500, 50), sized(context, 50_000, 500)]) {
    const layout = path.join(context.scratch, `base-${files}`);
    const directory = writeProject(context.scratch, writeBaseLayout(layout, files));
    const store = new StratumStore(context.scratch);
    await store.load(layout);
    const command = store.build(directory);
    await printedBy(command);
    const row = { subject: 'stratum build', at: `${files.toLocaleString('en-US')} files` };
    shots.push(commandShot(row, command, { word: 'CACHED', times: PROJECT_STEPS.stratum }));
  }
  await oneShot('cached build, by the image below it, whole process', shots, context);
}

/** Each build has a store of its own: buildah takes longer the more images there are to find a cached step in. */
async function copying(context: BenchContext, noBuildah: string | undefined): Promise<void> {
  const { scratch } = context;
  const count = sized(context, 5000, 200);
  const bench = `COPY of ${count.toLocaleString('en-US')} files, whole process`;
  const directory = writeFiles(scratch, count);
  const builders: { subject: string; open: () => Builder; word: string }[] = [
    { subject: 'stratum build', open: () => new StratumStore(scratch), word: 'CACHED' },
  ];
  if (noBuildah !== undefined) context.skip({ bench, subject: 'buildah bud', reason: noBuildah });
  else builders.push({ subject: 'buildah bud', open: () => new Buildah(scratch), word: 'Using cache' });
  const shots = [
    { at: 'first', times: 0 },
    { at: 'unchanged', times: 1 },
  ].flatMap(({ at, times }) =>
    builders.map(({ subject, open, word }) =>
      shot({
        subject,
        at,
        prepare: async () => {
          const builder = open();
          for (let before = 0; before < times; before++) await printedBy(builder.build(directory));
          return builder;
        },
        run: (builder) => printedBy(builder.build(directory)),
        check: (printed) => expectEqual(countOf(word, printed), times, 'cached steps'),
        dispose: (builder) => builder.remove(),
      }),
    ),
  );
  await oneShot(bench, shots, context);
}

/** Files of 4 kB, all different, and a Dockerfile that copies them. */
function writeFiles(scratch: string, count: number): string {
  const directory = path.join(scratch, 'many-files');
  const bytes = layerLikeBytes(4_000_000, 5);
  const contents = fileCorpus(count).map(({ path: at }, index) => ({
    path: `/files${at}`,
    content: bytes.subarray(index * 700, index * 700 + 4000),
  }));
  populate(fs, directory, contents);
  fs.writeFileSync(path.join(directory, 'Dockerfile'), 'FROM scratch\nCOPY files /files\n');
  return directory;
}
