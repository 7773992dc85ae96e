/** Dockerfiles of the shapes that projects have: what is rebuilt after an edit is just what must be. */

import { describe, expect, test } from 'vitest';
import type { BuiltImage } from '../../src/engine/builds.js';
import type { ShellCommand } from '../../src/shell/command.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import { Builder, type Files } from './kit.js';

interface Shape {
  readonly name: string;
  readonly dockerfile: string;
  readonly files: Files;
  /** A file that is there in the image, and what it holds. */
  readonly shows: readonly [path: string, content: string];
  /** What it prints when it is run, by the command of the image and nothing else. */
  readonly prints: string;
  /** Which steps run again, by their lines, when a file changes. */
  readonly edits: readonly (readonly [path: string, lines: readonly number[]])[];
}

const SHAPES: readonly Shape[] = [
  {
    name: 'a Node app with a lockfile',
    dockerfile: `FROM scratch
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm mkdir node_modules && cp package-lock.json node_modules/.lock
COPY . .
ENV NODE_ENV=production
USER 1000
CMD ["node", "main.js"]
`,
    files: {
      'package.json': '{}',
      'package-lock.json': '{"v":1}',
      'main.js': 'run()',
      '.dockerignore': 'node_modules',
    },
    shows: ['/app/node_modules/.lock', '{"v":1}'],
    prints: 'node main.js in /app, production: run()\n',
    edits: [
      ['main.js', [5]],
      ['package-lock.json', [3, 4, 5]],
      ['node_modules/x', []],
    ],
  },
  {
    name: 'a Python app with a virtual environment, in two stages',
    dockerfile: `FROM scratch AS builder
WORKDIR /src
COPY requirements.txt .
RUN mkdir -p /venv/bin && sort requirements.txt > /venv/installed
FROM scratch
COPY --from=builder /venv /venv
COPY app /app
ENV PATH=/venv/bin:$PATH
ENTRYPOINT ["python", "-m", "app"]
`,
    files: { 'requirements.txt': 'b\na\n', 'app/main.py': 'x' },
    shows: ['/venv/installed', 'a\nb\n'],
    prints: 'python -m app in /\n',
    edits: [
      ['app/main.py', [7]],
      ['requirements.txt', [3, 4, 6, 7]],
    ],
  },
  {
    name: 'a static program on scratch',
    dockerfile: `FROM scratch AS build
COPY go.mod go.sum /src/
RUN cat /src/go.sum > /deps
COPY *.go /src/
RUN cat /src/*.go > /program && chmod 755 /program
FROM scratch
COPY --from=build --chmod=755 /program /program
ENTRYPOINT ["/program"]
`,
    files: { 'go.mod': 'm', 'go.sum': 's', 'main.go': '#!/bin/sh\necho served', 'README.md': 'r' },
    shows: ['/program', '#!/bin/sh\necho served'],
    prints: 'served\n',
    edits: [
      ['main.go', [4, 5, 7]],
      ['README.md', []],
    ],
  },
  {
    name: 'a web server with volumes and ports',
    dockerfile: `FROM scratch
COPY nginx.conf /etc/nginx/
COPY html /usr/share/nginx/html/
RUN ln -s /dev/stdout /access.log
EXPOSE 80 443
VOLUME /var/cache/nginx
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
`,
    files: { 'nginx.conf': 'c', 'html/index.html': 'hello' },
    shows: ['/usr/share/nginx/html/index.html', 'hello'],
    prints: 'nginx -g daemon off; in /\n',
    edits: [
      ['html/index.html', [3, 4]],
      ['nginx.conf', [2, 3, 4]],
    ],
  },
  {
    name: 'a monorepo with --parents',
    dockerfile: `FROM scratch
WORKDIR /repo
COPY --parents package.json packages/*/package.json ./
RUN cat packages/*/package.json > installed
COPY --parents --exclude=**/*.test.js packages/ ./
CMD cat installed && ls packages/a
`,
    files: {
      'package.json': '{}',
      'packages/a/package.json': 'a',
      'packages/b/package.json': 'b',
      'packages/a/index.js': '1',
      'packages/a/index.test.js': 't',
    },
    shows: ['/repo/installed', 'ab'],
    prints: 'abindex.js\npackage.json\n',
    edits: [
      ['packages/a/index.js', [5]],
      ['packages/a/index.test.js', []],
      ['packages/b/package.json', [3, 4, 5]],
    ],
  },
];

const rebuilt = ({ steps }: BuiltImage): number[] =>
  steps
    .filter(({ isCached }) => !isCached)
    .map(({ step }) => step.range.start)
    .sort((a, b) => a - b);

/** Stands in for an interpreter of the image: says what it was asked for, and shows the file that it would run. */
const said =
  (name: string): ShellCommand =>
  async (args, { cwd, env, kernel }) => {
    const variables = new Map(env instanceof Map ? env : Object.entries(env));
    const file =
      kernel.find(`${cwd}/${args[0]}`, true) && new TextDecoder().decode(kernel.readFile(`${cwd}/${args[0]}`));
    const mode = [variables.get('NODE_ENV'), file].filter((each) => each !== undefined).join(': ');
    const who = `${name} ${args.join(' ')} in ${cwd}`;
    return { stdout: `${who}${mode === '' ? '' : `, ${mode}`}\n`, stderr: '', exitCode: 0 };
  };
const commands = Object.fromEntries(['node', 'python', 'nginx'].map((name) => [name, said(name)]));

describe.each(SHAPES)('$name', ({ dockerfile, files, shows, prints, edits }) => {
  test('is built, and runs as its image says', async () => {
    const builder = await Builder.open();
    await builder.build(dockerfile, files);
    const { id } = await builder.engine.create('app');
    let printed = '';
    const onOutput = (_stream: string, chunk: Uint8Array): void => {
      printed += new TextDecoder().decode(chunk);
    };
    const runtime = shellRuntime({ withoutPrograms: true, commands });
    const running = await builder.engine.start(id, { runtime, onOutput });
    expect([(await running.ended).exitCode, printed]).toEqual([0, prints]);
  });

  test('is built, and built again from the cache', async () => {
    const builder = await Builder.open();
    const first = await builder.build(dockerfile, files);
    expect(await builder.file(shows[0])).toBe(shows[1]);
    const again = await builder.build(dockerfile, files);
    expect([rebuilt(again), again.id]).toEqual([[], first.id]);
  });

  test.each(edits)('is rebuilt as far as it must be when %s changes', async (path, lines) => {
    const builder = await Builder.open();
    await builder.build(dockerfile, files);
    const edited = await builder.build(dockerfile, { ...files, [path]: `${files[path] ?? ''} edited` });
    expect(rebuilt(edited)).toEqual(lines);
  });
});
