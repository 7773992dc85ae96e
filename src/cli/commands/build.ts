/** `build`: an image from a Dockerfile. */

import { readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { forEachSettled } from '../../base/each.js';
import { canonicalJson } from '../../base/json.js';
import { BuildError } from '../../build/build-error.js';
import type { BuiltImage, ContextSource, EngineBuildOptions } from '../../engine/builds.js';
import type { OpenAgent } from '../../node/build/ssh-agent.js';
import { parseCacheFrom, parseCacheTo } from '../build/caches.js';
import { warningsSummary } from '../build/check-text.js';
import { buildChecks, buildWarnings } from '../build/checks.js';
import { type BuildDisplay, buildDisplay, type ProgressMode } from '../build/display.js';
import { excerpt } from '../build/excerpt.js';
import { explainText } from '../build/explain.js';
import { type BuildOutput, parseOutput, writeOutput } from '../build/output.js';
import { parseSecret } from '../build/secrets.js';
import { openSsh } from '../build/ssh.js';
import { type InputContext, standardInputContext } from '../build/standard-input.js';
import { withExamples } from '../help.js';
import { collect, parsePairs, sourceDateEpoch } from '../options.js';
import { connectionOptions, type RegistryFlags, registryClient } from '../registry/client.js';
import { pullPolicy } from '../registry/pull-policy.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface BuildFlags extends RegistryFlags {
  readonly file?: string;
  readonly tag?: readonly string[];
  readonly buildArg?: readonly string[];
  readonly target?: string;
  readonly secret?: readonly string[];
  readonly ssh?: readonly string[];
  readonly allow?: readonly string[];
  readonly buildContext?: readonly string[];
  readonly cache: boolean;
  readonly noCacheFilter?: readonly string[];
  readonly label?: readonly string[];
  readonly platform?: string;
  readonly output?: readonly string[];
  readonly pull?: boolean | string;
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  readonly squash?: boolean;
  readonly progress: ProgressMode;
  readonly quiet?: boolean;
  readonly iidfile?: string;
  readonly metadataFile?: string;
  readonly timestamp?: string;
  readonly check?: boolean;
  readonly call?: string;
  readonly explain?: boolean;
  readonly runtime: string;
}

export const verbs: VerbModule['verbs'] = { build };

function build(command: Command, session: Session): void {
  connectionOptions(command)
    .argument('<context>', "directory with the files; '-' reads a Dockerfile or a tar from standard input")
    .option('-f, --file <file>', "the Dockerfile (default: Dockerfile in the context); '-' is standard input")
    .option('-t, --tag <name>', 'name for the image, as often as there are names', collect)
    .option('--build-arg <name=value>', 'value for an ARG; without a value, that of the environment', collect)
    .option('--target <stage>', 'the stage to build (default: the last)')
    .option('--secret <id=…[,src=…|,env=…]>', 'a secret for RUN --mount=type=secret', collect)
    .option('--ssh <default|id[=socket|key]>', 'an ssh agent for RUN --mount=type=ssh', collect)
    .option('--allow <entitlement>', 'what the Dockerfile may ask for: security.insecure', collect)
    .option(
      '--build-context <name=source>',
      'a directory, oci-layout://DIR[:TAG] or docker-image://REF by name',
      collect,
    )
    .option('--no-cache', 'run every step again')
    .addOption(noCacheFilter())
    .option('--label <name=value>', 'label for the image', collect)
    .option('--platform <os/arch>', 'what is built for (default: this machine)')
    .option('-o, --output <type=…,dest=…>', 'oci, docker, tar, local or image, where to (default: image)', collect)
    .option('--pull [missing|always|never]', 'which base images are fetched (default: missing; --pull alone: always)')
    .option('--cache-from <name|type=…>', 'a build cache: a name in a registry, or type=local,src=DIR', collect)
    .option(
      '--cache-to <name|type=…>',
      'leave the build cache: a name in a registry, or type=local,dest=DIR[,mode=max]',
      collect,
    )
    .option('--squash', 'one layer for all that the build adds')
    .addOption(
      new Option('--progress <mode>', 'how it is shown').choices(['auto', 'plain', 'tty', 'rawjson']).default('auto'),
    )
    .option('-q, --quiet', 'print only the image ID')
    .option('--iidfile <file>', 'write the image ID to a file')
    .option('--metadata-file <file>', 'write digests and steps to a file, as JSON')
    .option('--timestamp <seconds>', 'time of everything that is made (default: $SOURCE_DATE_EPOCH, else now)')
    .option('--check', 'only look for what is questionable in the Dockerfile')
    .option('--call <method>', 'check, or check,format=json')
    .option('--explain', 'say of each step why it was built, or was not')
    .addOption(new Option('--runtime <name>', 'what runs commands').choices(['shell', 'chroot']).default('shell'))
    .action(async (context: string, flags: BuildFlags) => {
      const input = await buildInput(context, flags, session);
      if (flags.check === true || flags.call !== undefined) return buildChecks(input, flags, session);
      return runBuild(input, flags, session);
    });
  withExamples(command, [
    ['stratum build -t app:1 .', 'the Dockerfile here, with the files here'],
    ['stratum build --explain -t app:1 .', 'and why each step was built, or was cached'],
    ['stratum build -o type=oci,dest=app.tar .', 'an OCI archive'],
    ['stratum build --check .', 'only what is questionable in the Dockerfile'],
  ]);
}

/** Its name says no and it takes a value: commander would make a switch of it. */
function noCacheFilter(): Option {
  const option = new Option('--no-cache-filter <stage>', 'run every step of these stages again').argParser(collect);
  option.negate = false;
  return option;
}

async function runBuild(input: BuildInput, flags: BuildFlags, session: Session): Promise<void> {
  const outputs = (flags.output ?? []).map((text) => parseOutput(text));
  const warnings = await buildWarnings(input, session);
  const display = buildDisplay(session.io, flags.quiet === true ? 'quiet' : flags.progress);
  const engine = await session.engine(flags.platform, await registryClient(session, flags));
  const epoch = sourceDateEpoch(flags.timestamp, session);
  const ssh = await openAgents(flags.ssh ?? [], session);
  let built: BuiltImage;
  try {
    built = await engine.build({
      ...input,
      ssh,
      ...(epoch === undefined ? {} : { sourceDateEpoch: epoch }),
      runtime: await runtimeOf(flags.runtime, session),
      onProgress: display.onProgress,
      signal: session.io.signal,
    });
  } catch (error) {
    display.finish();
    await reportFailure(error, input, session);
    throw error;
  } finally {
    await closeAgents(ssh);
  }
  display.finish();
  if (warnings.length > 0 && flags.quiet !== true) session.io.stderr.write(warningsSummary(warnings));
  await finish(built, { outputs, flags, display, session });
}

async function openAgents(texts: readonly string[], session: Session): Promise<Record<string, OpenAgent>> {
  const agents: Record<string, OpenAgent> = {};
  try {
    for (const text of texts) {
      const { id, agent } = await openSsh(text, session);
      agents[id] = agent;
    }
    return agents;
  } catch (error) {
    await closeAgents(agents);
    throw error;
  }
}

async function closeAgents(agents: Readonly<Record<string, OpenAgent>>): Promise<void> {
  await forEachSettled(Object.values(agents), (agent) => agent.close());
}

async function finish(
  built: BuiltImage,
  run: { outputs: readonly BuildOutput[]; flags: BuildFlags; display: BuildDisplay; session: Session },
): Promise<void> {
  const { outputs, flags, session } = run;
  for (const output of outputs) await writeOutput(output, built, session, flags.tag ?? []);
  if (flags.explain === true) await session.print(explainText(built.steps));
  if (flags.iidfile !== undefined) await writeFile(session.hostPath(flags.iidfile), built.id);
  if (flags.metadataFile !== undefined) {
    await writeFile(session.hostPath(flags.metadataFile), canonicalJson(metadataOf(built, flags.tag ?? [])));
  }
  const isOnStandardOutput = outputs.some(({ dest }) => dest === '-');
  if (!isOnStandardOutput && !(flags.explain === true && flags.quiet !== true)) await session.print(`${built.id}\n`);
}

function metadataOf({ id, descriptor, steps }: BuiltImage, tags: readonly string[]): unknown {
  return {
    'containerimage.config.digest': id,
    'containerimage.digest': descriptor.digest,
    'containerimage.descriptor': descriptor,
    ...(tags.length === 0 ? {} : { 'image.name': tags.join(',') }),
    steps: steps.map(({ step, key, isCached, miss, layer }) => ({
      line: step.range.start,
      title: step.title,
      key,
      cached: isCached,
      ...(miss === undefined ? {} : { miss: miss.part === '' ? miss.kind : `${miss.part} ${miss.kind}` }),
      diffId: layer.diffId,
    })),
  };
}

/** What a step said last, and the lines around it. */
async function reportFailure(error: unknown, input: EngineBuildOptions, session: Session): Promise<void> {
  if (!(error instanceof BuildError)) return;
  const lines: string[] = [];
  if (error.output !== undefined && error.output !== '') {
    lines.push('------', ` > ${error.title}:`, error.output, '------');
  }
  const text = typeof input.dockerfile === 'string' ? input.dockerfile : new TextDecoder().decode(input.dockerfile);
  const { dockerfile, range } = error;
  lines.push(`${dockerfile}:${range.start}`, excerpt(text, { ...range, around: AROUND }));
  session.io.stderr.write(`${lines.join('\n')}\n`);
}

const AROUND = 2;

type BuildInput = EngineBuildOptions & { readonly dockerfile: string | Uint8Array };

async function buildInput(directory: string, flags: BuildFlags, session: Session): Promise<BuildInput> {
  const context = directory === '-' ? await standardInputContext(session) : await directoryContext(directory, session);
  const { dockerfile, file } = await readDockerfile(context, flags, { directory, session });
  const { env } = session.io;
  const buildArgs = parsePairs(
    (flags.buildArg ?? []).flatMap((pair) =>
      pair.includes('=') ? [pair] : env[pair] === undefined ? [] : [`${pair}=${env[pair]}`],
    ),
  );
  const secrets: Record<string, Uint8Array> = {};
  for (const text of flags.secret ?? []) Object.assign(secrets, await parseSecret(text, session));
  return {
    context: context.files,
    dockerfile,
    file,
    contexts: await namedContexts(flags.buildContext ?? [], session),
    buildArgs,
    secrets,
    allow: allowed(flags.allow ?? []),
    ...(flags.target === undefined ? {} : { target: flags.target }),
    ...(flags.label === undefined ? {} : { labels: parsePairs(flags.label) }),
    ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    ...(flags.squash === true ? { squash: 'new' as const } : {}),
    ...(flags.tag === undefined ? {} : { tags: flags.tag }),
    cacheFrom: (flags.cacheFrom ?? []).map((text) => parseCacheFrom(text, session)),
    cacheTo: (flags.cacheTo ?? []).map((text) => parseCacheTo(text, session)),
    pull: pullPolicy(flags.pull),
    noCache: flags.cache ? (flags.noCacheFilter ?? []) : true,
  };
}

const ENTITLEMENTS: readonly string[] = ['security.insecure', 'network.host'];

/** The network of the host is what commands see anyway, and may be allowed for Docker's sake. */
function allowed(names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !ENTITLEMENTS.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`unknown entitlement '${unknown}'`, `There is ${ENTITLEMENTS.join(', ')}.`);
}

async function directoryContext(directory: string, session: Session): Promise<InputContext> {
  const { hostContext } = await import('../../node/build/host-context.js');
  const { fileDigestMemory } = await import('../../node/build/digest-memory.js');
  const path = session.hostPath(directory);
  const { digestOf } = await import('../../digest/hasher.js');
  const name = digestOf(new TextEncoder().encode(path)).slice('sha256:'.length);
  const memory = await fileDigestMemory(join(session.root, 'contexts', `${name}.json`), () =>
    session.io.now().getTime(),
  );
  return { files: hostContext(path, memory) };
}

async function readDockerfile(
  context: InputContext,
  flags: BuildFlags,
  { directory, session }: { readonly directory: string; readonly session: Session },
): Promise<{ dockerfile: Uint8Array; file: string }> {
  if (context.dockerfile !== undefined) return { dockerfile: context.dockerfile, file: 'Dockerfile' };
  if (flags.file === '-') {
    const { readStandardInput } = await import('../build/standard-input.js');
    return { dockerfile: await readStandardInput(session), file: 'Dockerfile' };
  }
  const inContext = flags.file ?? 'Dockerfile';
  const path =
    flags.file === undefined ? session.hostPath(join(directory, 'Dockerfile')) : session.hostPath(flags.file);
  const below = directory === '-' ? inContext : relative(session.hostPath(directory), path);
  const file = below.startsWith('..') || isAbsolute(below) ? basename(path) : below;
  const dockerfile = directory === '-' ? await context.files.read(inContext) : await readOptional(path);
  if (dockerfile !== undefined) return { dockerfile, file };
  throw new UsageError(`failed to read dockerfile: open ${inContext}: no such file or directory`, 'Name one with -f.');
}

async function readOptional(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function namedContexts(texts: readonly string[], session: Session): Promise<Record<string, ContextSource>> {
  const { hostContext } = await import('../../node/build/host-context.js');
  const named: Record<string, ContextSource> = {};
  for (const [name, source] of Object.entries(parsePairs(texts))) {
    const key = name.toLowerCase();
    if (source.startsWith('oci-layout://'))
      named[key] = { layout: session.hostPath(source.slice('oci-layout://'.length)) };
    else if (source.startsWith('docker-image://')) named[key] = { image: source.slice('docker-image://'.length) };
    else named[key] = hostContext(session.hostPath(source));
  }
  return named;
}

async function runtimeOf(name: string, session: Session): Promise<NonNullable<EngineBuildOptions['runtime']>> {
  const { openRuntime } = await import('../runtimes.js');
  return openRuntime(name, session);
}
