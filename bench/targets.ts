/** The speed and memory that Stratum must reach, as data. */

/** Names a row of the results: bench, subject, and what it was varied over. */
export type RowName = readonly [bench: string, subject: string, at: string];

export type Target =
  | {
      /** `row` is at least `times` faster (or smaller) than `than`. */
      readonly kind: 'faster';
      readonly name: string;
      readonly row: RowName;
      readonly than: RowName;
      readonly times: number;
    }
  | {
      /** `row` takes at most `times` what `of` takes. */
      readonly kind: 'within';
      readonly name: string;
      readonly row: RowName;
      readonly of: RowName;
      readonly times: number;
    }
  | {
      /** `row` is at most `limit`, in the row's own unit. */
      readonly kind: 'limit';
      readonly name: string;
      readonly row: RowName;
      readonly limit: number;
    };

const MICROSECOND = 1000;
const MILLISECOND = 1000 * MICROSECOND;

export const TARGETS: readonly Target[] = [
  ...lookups('constant path', ['stat', 'exists'], 30),
  ...lookups('fresh string', ['stat', 'exists'], 8),
  ...lookups('random path', ['stat', 'exists'], 5),
  ...lookups('missing name', ['exists'], 6),
  {
    kind: 'faster',
    name: 'stat at 128 layers, against unionfs',
    row: ['stat, constant path', 'stratum', '128 layers'],
    than: ['stat, constant path', 'unionfs', '128 layers'],
    times: 1000,
  },
  ...listings('readdir of 1,000 entries, repeated', 50),
  ...listings('readdir of 1,000 entries, first', 3),
  {
    kind: 'limit',
    name: 'creating a container on 50,000 files',
    row: ['create', 'stratum', '50,000 files'],
    limit: 20 * MICROSECOND,
  },
  {
    kind: 'limit',
    name: 'forking a container on 50,000 files',
    row: ['fork', 'stratum', '50,000 files'],
    limit: 20 * MICROSECOND,
  },
  {
    kind: 'limit',
    name: 'fork and first write',
    row: ['fork and first write', 'stratum', '50,000 files'],
    limit: 50 * MICROSECOND,
  },
  {
    kind: 'limit',
    name: 'fork and first write in a directory of 10,000 entries',
    row: ['fork and first write', 'stratum', 'in a directory of 10,000'],
    limit: 50 * MICROSECOND,
  },
  {
    kind: 'faster',
    name: "fork, against memfs's snapshot and restore",
    row: ['fork', 'stratum', '50,000 files'],
    than: ['fork', 'memfs', '50,000 files'],
    times: 10_000,
  },
  {
    kind: 'faster',
    name: 'changes() after 10 writes, against a walk of memfs',
    row: ['changes after 10 writes', 'stratum', '50,000 files'],
    than: ['changes after 10 writes', 'memfs', '50,000 files'],
    times: 1000,
  },
  {
    kind: 'within',
    name: "changes() after 10 writes, against a walk of the kernel's upper directory",
    row: ['changes after 10 writes', 'stratum', '50,000 files'],
    of: ['changes after 10 writes', 'overlayfs', '50,000 files'],
    times: 1,
  },
  {
    kind: 'within',
    name: 'changes() on 500,000 files, against 50,000',
    row: ['changes after 10 writes', 'stratum', '500,000 files'],
    of: ['changes after 10 writes', 'stratum', '50,000 files'],
    times: 1.5,
  },
  {
    kind: 'within',
    name: 'diff of images that share all layers but the last: 500,000 files against 50,000',
    row: ['diff of two images', 'stratum', '500,000 files'],
    of: ['diff of two images', 'stratum', '50,000 files'],
    times: 1.5,
  },
  {
    kind: 'within',
    name: 'appending a byte to 10 MB, against 4 kB',
    row: ['append 1 byte', 'stratum', '10 MB'],
    of: ['append 1 byte', 'stratum', '4 kB'],
    times: 2,
  },
  {
    kind: 'faster',
    name: "appending a byte to 10 MB, against the kernel's copy-up",
    row: ['append 1 byte', 'stratum', '10 MB'],
    than: ['append 1 byte', 'overlayfs', '10 MB'],
    times: 500,
  },
  {
    kind: 'within',
    name: 'applying 50,000 files as 128 layers, against one',
    row: ['apply 50,000 files', 'stratum', '128 layers'],
    of: ['apply 50,000 files', 'stratum', '1 layer'],
    times: 2,
  },
  {
    kind: 'within',
    name: 'importing a gzip layer, against gunzip alone (60 % of its speed)',
    row: ['import', 'stratum', ''],
    of: ['import', 'gunzip alone', ''],
    times: 1 / 0.6,
  },
  {
    kind: 'within',
    name: 'importing while the thread pool inflates, against gunzip alone (75 % of its speed)',
    row: ['import', 'stratum', ''],
    of: ['import', 'gunzip alone', ''],
    times: 1 / 0.75,
  },
  {
    kind: 'faster',
    name: 'loading a layout, whole process, against gzip -dc | sha256sum',
    row: ['import, whole process', 'stratum load', ''],
    than: ['import, whole process', 'gzip -dc | sha256sum', ''],
    times: 1,
  },
  {
    kind: 'within',
    name: 'loading a layout, whole process, against umoci unpack',
    row: ['import, whole process', 'stratum load', ''],
    of: ['import, whole process', 'umoci unpack', ''],
    times: 0.5,
  },
  {
    kind: 'limit',
    name: 'resident memory of that import, with a directory store',
    row: ['import, resident memory', 'stratum load', ''],
    limit: 150e6,
  },
  {
    kind: 'within',
    name: 'export as tar with its digest, against sha256 alone (70 % of its speed)',
    row: ['export', 'stratum', 'tar and digest'],
    of: ['export', 'sha256 alone', ''],
    times: 1 / 0.7,
  },
  {
    kind: 'faster',
    name: 'gzip on all cores (two or more), against a block at a time',
    row: ['gzip', 'stratum', 'all cores'],
    than: ['gzip', 'stratum', 'one block at a time'],
    times: 1.7,
  },
  {
    kind: 'limit',
    name: 'heap for a file of a merged tree of 1,000,000',
    row: ['heap for a file', 'stratum', '1,000,000 files'],
    limit: 250,
  },
  {
    kind: 'faster',
    name: 'heap for a file, against memfs',
    row: ['heap for a file', 'stratum', '1,000,000 files'],
    than: ['heap for a file', 'memfs', '1,000,000 files'],
    times: 6,
  },
  ...against('read a file of 4 kB', { memfs: 3, 'node:fs on a disk': 3 }),
  ...against('open, read, close', { memfs: 3 }),
  ...against('stat that throws, with its stack', { memfs: 1.2 }),
  ...against('read that throws, with its stack', { memfs: 1.2 }),
  ...against('create a file, 10,000 of them', { memfs: 6 }),
  ...against('rm -r of 50,000 files', { memfs: 20 }),
  ...['stat', 'readFile', 'writeFile', 'readdir', 'open and close'].flatMap((call) =>
    against(`promises: ${call}`, { memfs: 2 }),
  ),
  {
    kind: 'within',
    name: 'promises: stat, against statSync and one microtask (the noise of a timer is 10 %)',
    row: ['promises: stat', 'stratum', ''],
    of: ['promises: stat', 'stratum, statSync and a microtask', ''],
    times: 1.1,
  },
  {
    kind: 'within',
    name: 'an append of 100 bytes, 100,000 of them against 10,000 (linear)',
    row: ['append 100 bytes', 'stratum', '100,000 times'],
    of: ['append 100 bytes', 'stratum', '10,000 times'],
    times: 1.2,
  },
  {
    kind: 'limit',
    name: 'memory for a byte of a file that grew by 100,000 appends',
    row: ['memory for a byte of a file that grew by appends', 'stratum', ''],
    limit: 1.5,
  },
  {
    kind: 'within',
    name: 'stat in the last of 1,000 forks in a chain, against the first',
    row: ['stat in a chain of forks, random path', 'stratum', 'the last of 1,000'],
    of: ['stat in a chain of forks, random path', 'stratum', 'the first'],
    times: 1.2,
  },
  {
    kind: 'limit',
    name: 'memory of a fork that wrote a file, 10,000 side by side',
    row: ['memory of a fork that wrote a file', 'stratum', '10,000 side by side'],
    limit: 5 * 1024,
  },
  {
    kind: 'within',
    name: 'stratum history on a store of 100 images, against node -e 0',
    row: ['history of 100 images, whole process', 'stratum history', ''],
    of: ['history of 100 images, whole process', 'node -e 0', ''],
    times: 3,
  },
  ...besideBuildah('cached build of 11 steps, whole process', '', 0.5),
  {
    kind: 'limit',
    name: 'cached build of 11 steps, in process, with a store on a disk',
    row: ['cached build of 11 steps, in process', 'stratum', 'store on a disk'],
    limit: 15 * MILLISECOND,
  },
  {
    kind: 'within',
    name: 'cached build on an image of 50,000 files, against one of 500',
    row: ['cached build, by the image below it, whole process', 'stratum build', '50,000 files'],
    of: ['cached build, by the image below it, whole process', 'stratum build', '500 files'],
    times: 1.1,
  },
  ...besideBuildah('COPY of 5,000 files, whole process', 'first', 0.5),
  ...besideBuildah('COPY of 5,000 files, whole process', 'unchanged', 0.5),
  ...atMost('pull of a layer of 51 MB, whole process', ['stratum pull', 'skopeo copy'], 1.2),
  ...atMost('push of a layer of 51 MB, whole process', ['stratum push', 'skopeo copy'], 1.2),
  {
    kind: 'limit',
    name: 'what a push with nothing to do does beyond the start of Node',
    row: ['what that push does beyond the start of Node', 'stratum push', ''],
    limit: 150 * MILLISECOND,
  },
  // 0.8 of the throughput is 1.25 of the time.
  ...atMost('a layer of 51 MB from a registry, with curl', ['stratum serve', 'docker-registry'], 1.25),
  ...atMost('a layer of 51 MB into a registry, with skopeo', ['stratum serve', 'docker-registry'], 1.25),
  ...['push', 'pull', 'stratum serve'].map(
    (subject): Target => ({
      kind: 'limit',
      name: `resident memory with a blob of 2 GB: ${subject}`,
      row: ['resident memory with a blob of 2 GB', subject, ''],
      limit: 150_000_000,
    }),
  ),
  {
    kind: 'limit',
    name: 'what a RUN of true adds to a build with --runtime chroot, beyond the process itself',
    row: ['what that RUN adds beyond the process itself', 'stratum build', ''],
    limit: 100 * MILLISECOND,
  },
];

/** How often the time of the second subject the first may take. */
function atMost(bench: string, [subject, peer]: readonly [string, string], times: number): Target[] {
  const name = `${bench}: ${subject} against ${peer}`;
  return [{ kind: 'within', name, row: [bench, subject, ''], of: [bench, peer, ''], times }];
}

/** What part of buildah's time a build may take. */
function besideBuildah(bench: string, at: string, times: number): Target[] {
  return [
    {
      kind: 'within',
      name: `${bench}${at === '' ? '' : `, ${at}`}: against buildah bud`,
      row: [bench, 'stratum build', at],
      of: [bench, 'buildah bud', at],
      times,
    },
  ];
}

/** How much faster than memfs at the deepest stack, and how flat from 1 to 128 layers. */
function lookups(path: string, operations: readonly string[], times: number): Target[] {
  return operations.flatMap((operation): Target[] => {
    const bench = `${operation}, ${path}`;
    return [
      {
        kind: 'faster',
        name: `${bench}: against memfs`,
        row: [bench, 'stratum', '128 layers'],
        than: [bench, 'memfs', 'flat'],
        times,
      },
      {
        kind: 'within',
        name: `${bench}: 128 layers against 1`,
        row: [bench, 'stratum', '128 layers'],
        of: [bench, 'stratum', '1 layer'],
        times: 1.1,
      },
    ];
  });
}

function listings(bench: string, times: number): Target[] {
  return [
    ['memfs', 'flat'],
    ['overlayfs', '128 layers'],
  ].map(
    ([subject, at]): Target => ({
      kind: 'faster',
      name: `${bench}: against ${subject}`,
      row: [bench, 'stratum', '128 layers'],
      than: [bench, subject as string, at as string],
      times,
    }),
  );
}

/** How much faster than each peer. */
function against(bench: string, peers: Readonly<Record<string, number>>): Target[] {
  return Object.entries(peers).map(
    ([peer, times]): Target => ({
      kind: 'faster',
      name: `${bench}: against ${peer}`,
      row: [bench, 'stratum', ''],
      than: [bench, peer, ''],
      times,
    }),
  );
}
