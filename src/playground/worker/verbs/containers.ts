/** Verbs on containers: make them, run something in them, look at what changed, keep it. */

import type { Container } from '../../../engine/container.js';
import type { ContainerMount, LayerCompression } from '../../../engine/records.js';
import { epochOf, parseOptions, usage } from '../command-line.js';
import type { Place, Verb } from '../place.js';
import { Session } from '../session.js';
import { columns } from '../table.js';

const CREATE = {
  stopsAtOperand: true,
  values: {
    '--name': 'name',
    '-v': 'volume',
    '--volume': 'volume',
    '-e': 'env',
    '--env': 'env',
    '-w': 'workdir',
    '--workdir': 'workdir',
    '-u': 'user',
    '--user': 'user',
    '--entrypoint': 'entrypoint',
    '--mount': 'mount',
    '--tmpfs': 'tmpfs',
  },
  flags: {
    '-i': 'interactive',
    '--interactive': 'interactive',
    '-t': 'terminal',
    '--tty': 'terminal',
    '-d': 'detach',
    '--detach': 'detach',
    '--rm': 'remove',
    '--read-only': 'read-only',
  },
};

export const create: Verb = async (args, place) => {
  place.print(`${(await make('create', args, place)).container.id}\n`);
};

export const run: Verb = async (args, place) => {
  const { container, isShell, isDetached } = await make('run', args, place);
  if (isShell) await begin(place, container.id);
  else await runCommand(place, container.id, { isDetached });
};

export const start: Verb = async (args, place) => {
  const given = parseOptions('start', args, { flags: { '-a': 'attach', '-i': 'interactive' } });
  for (const name of given.operands) {
    const { id, record } = await place.engine.container(name);
    if (record.settings?.terminal === true) await begin(place, id);
    else await runCommand(place, id, { isDetached: !given.flags.has('attach') });
  }
};

/** Starts a container's shell, which stays at its prompt. */
export async function begin(place: Place, id: string): Promise<void> {
  const { session, said } = await Session.start(place.engine, id, place.runtime);
  if (said !== '') place.print(said);
  if (session.isOpen) place.sessions.set(id, session);
  else place.sessions.delete(id);
}

/** Runs a container's command; to its end, unless it is to go on by itself. */
async function runCommand(place: Place, id: string, { isDetached }: { readonly isDetached: boolean }): Promise<void> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const running = await place.engine.start(id, {
    runtime: place.runtime,
    onOutput: (stream, chunk) => {
      if (!isDetached) place.print(decoders[stream].decode(chunk, { stream: true }));
    },
  });
  if (isDetached) place.print(`${id}\n`);
  else await running.ended;
}

async function make(
  verb: string,
  args: readonly string[],
  place: Place,
): Promise<{ container: Container; isShell: boolean; isDetached: boolean }> {
  const given = parseOptions(verb, args, CREATE);
  const [image, ...command] = given.operands;
  if (image === undefined) throw usage(`${verb} needs an image: 'stratum ${verb} -it --name NAME IMAGE sh'`);
  const name = given.last('name');
  const workingDir = given.last('workdir');
  const user = given.last('user');
  const entrypoint = given.last('entrypoint');
  const isShell = given.flags.has('terminal') || given.flags.has('interactive');
  const container = await place.engine.create(image, {
    ...(name !== undefined && { name }),
    changes: {
      ...(command.length > 0 && { cmd: command }),
      ...(entrypoint !== undefined && { entrypoint: [entrypoint] }),
      ...(given.all('env').length > 0 && { env: given.all('env') }),
      ...(workingDir !== undefined && { workingDir }),
      ...(user !== undefined && { user }),
    },
    mounts: [
      ...given.all('volume').map(volumeOf),
      ...given.all('mount').map(mountOf),
      ...given.all('tmpfs').map((target): ContainerMount => ({ type: 'tmpfs', target })),
    ],
    settings: {
      terminal: isShell,
      interactive: isShell,
      readOnly: given.flags.has('read-only'),
      autoRemove: given.flags.has('remove'),
    },
  });
  return { container, isShell, isDetached: given.flags.has('detach') };
}

function volumeOf(text: string): ContainerMount {
  const [source = '', target, option] = text.split(':');
  if (target === undefined) return { type: 'volume', target: source };
  if (/^[./]/.test(source)) throw usage('there is no machine behind this page: -v takes the name of a volume');
  return { type: 'volume', source, target, ...(option === 'ro' && { readOnly: true }) };
}

function mountOf(text: string): ContainerMount {
  const fields = new Map(
    text.split(',').map((field): [string, string] => {
      const [name = '', value = ''] = field.split('=', 2);
      return [name, value];
    }),
  );
  const type = fields.get('type') ?? 'volume';
  const target = fields.get('target') ?? fields.get('dst');
  const source = fields.get('source') ?? fields.get('src');
  if ((type !== 'volume' && type !== 'tmpfs') || target === undefined) {
    throw usage('--mount takes type=volume,source=NAME,target=PATH or type=tmpfs,target=PATH here');
  }
  return { type, target, ...(source !== undefined && { source }), ...(fields.has('readonly') && { readOnly: true }) };
}

export const ps: Verb = async (args, { engine, print }) => {
  const given = parseOptions('ps', args, { flags: { '-a': 'all', '--all': 'all', '-q': 'quiet', '--quiet': 'quiet' } });
  const shown = (await engine.ps()).filter(({ state }) => given.flags.has('all') || state.status === 'running');
  if (given.flags.has('quiet')) print(shown.map(({ id }) => `${id.slice(0, 12)}\n`).join(''));
  else {
    print(
      columns(
        ['CONTAINER ID', 'IMAGE', 'COMMAND', 'STATUS', 'NAMES'],
        shown.map(({ id, image, command, state, name }) => [id.slice(0, 12), image, command, state.status, name]),
      ),
    );
  }
};

const LETTERS = { add: 'A', modify: 'C', delete: 'D' } as const;

export const diff: Verb = async (args, { engine, print }) => {
  const [name, other] = parseOptions('diff', args, {}).operands;
  if (name === undefined) throw usage('write: stratum diff CONTAINER');
  print((await engine.diff(name, other)).map(({ kind, path }) => `${LETTERS[kind]} ${path}\n`).join(''));
};

export const commit: Verb = async (args, { engine, print }) => {
  const given = parseOptions('commit', args, {
    values: {
      '-m': 'message',
      '--message': 'message',
      '-a': 'author',
      '--author': 'author',
      '--timestamp': 'timestamp',
      '--compression': 'compression',
    },
  });
  const [container, ref] = given.operands;
  if (container === undefined) throw usage('write: stratum commit CONTAINER NAME');
  const message = given.last('message');
  const author = given.last('author');
  const codec = codecOf(given.last('compression'));
  const { id } = await engine.commit(container, {
    ...(ref !== undefined && { ref }),
    ...(message !== undefined && { message }),
    ...(author !== undefined && { author }),
    sourceDateEpoch: epochOf(given.last('timestamp')),
    ...(codec !== undefined && { compression: { codec } }),
  });
  print(`${id}\n`);
};

function codecOf(text: string | undefined): LayerCompression['codec'] | undefined {
  if (text === undefined || text === 'gzip' || text === 'zstd' || text === 'none') return text;
  throw usage('--compression takes gzip, zstd or none');
}

export const rm: Verb = async (args, { engine, print, sessions }) => {
  const given = parseOptions('rm', args, {
    flags: { '-f': 'force', '--force': 'force', '-v': 'volumes', '--volumes': 'volumes' },
  });
  for (const name of given.operands) {
    const { id } = await engine.container(name);
    // A shell that waits at its prompt keeps nobody from removing its container here.
    const force = given.flags.has('force') || sessions.has(id);
    await engine.rm(name, { force, volumes: given.flags.has('volumes') });
    sessions.delete(id);
    print(`${name}\n`);
  }
};

/** Of the playground only: a second container with the same content, made in no time. */
export const fork: Verb = async (args, { engine, print }) => {
  const [name, other] = args;
  if (name === undefined) throw usage('write: stratum fork CONTAINER NAME');
  const made = await (await engine.container(name)).fork(other === undefined ? {} : { name: other });
  print(`${made.id.slice(0, 12)}\n`);
};

export const volume: Verb = async (args, { engine, print }) => {
  const [what, ...names] = args;
  switch (what) {
    case 'create':
      print(`${(await engine.volumes.create(names[0] === undefined ? {} : { name: names[0] })).name}\n`);
      return;
    case 'ls':
      print(
        columns(
          ['VOLUME NAME', 'USED BY'],
          (await engine.volumes.list()).map(({ name, containers }) => [name, containers.join(', ') || '-']),
        ),
      );
      return;
    case 'inspect':
      for (const name of names) print(`${JSON.stringify(await engine.volumes.inspect(name), undefined, 2)}\n`);
      return;
    case 'rm':
      for (const name of names) {
        await engine.volumes.remove(name);
        print(`${name}\n`);
      }
      return;
    default:
      throw usage('write: stratum volume create|ls|inspect|rm NAME');
  }
};
