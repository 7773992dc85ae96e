/** `build`: the learner's directory and its Dockerfile to an image. */

import { utf8Text } from '../../../base/bytes.js';
import { isStratumError } from '../../../base/error.js';
import { BuildError } from '../../../build/build-error.js';
import { treeContext } from '../../../build/context.js';
import type { BuildProgress } from '../../../build/progress.js';
import { missText } from '../../../build/step-key.js';
import type { StepOutcome } from '../../../build/step-outcome.js';
import { shortId } from '../../../digest/digest.js';
import { DockerfileError } from '../../../dockerfile/error.js';
import { UnionFs } from '../../../fs/union-fs.js';
import { OUTPUT_LIMIT } from '../../limits.js';
import type { BuildStepView, TroubleView } from '../../view.js';
import { epochOf, parseOptions, usage } from '../command-line.js';
import type { Place, Verb } from '../place.js';

const OPTIONS = {
  values: {
    '-t': 'tag',
    '--tag': 'tag',
    '-f': 'file',
    '--file': 'file',
    '--target': 'target',
    '--build-arg': 'arg',
    '--timestamp': 'timestamp',
  },
  flags: { '--no-cache': 'no-cache', '-q': 'quiet', '--quiet': 'quiet', '--explain': 'explain' },
};

export const build: Verb = async (args, place) => {
  const given = parseOptions('build', args, OPTIONS);
  const [directory] = given.operands;
  if (directory === undefined) throw usage("build needs a directory: 'stratum build -t NAME .'");
  const tags = given.all('tag');
  const target = given.last('target');
  const steps = new StepBook();
  const name = tags[0] ?? 'image without a name';
  try {
    const built = await place.engine.build({
      context: treeContext(UnionFs.fromJSON(contextFiles(place.files, directory)).view.lower),
      file: given.last('file') ?? 'Dockerfile',
      ...(target !== undefined && { target }),
      buildArgs: pairs(given.all('arg')),
      noCache: given.flags.has('no-cache'),
      tags,
      runtime: place.runtime,
      sourceDateEpoch: epochOf(given.last('timestamp')),
      onProgress: (event) => {
        steps.take(event);
        tell(event, place);
      },
    });
    place.build = { name, imageId: built.id, steps: steps.list, trouble: undefined };
    place.builds.push({ names: tags, imageId: built.id, steps: built.steps.map(seen) });
    place.print(`built ${shortId(built.id)}${tags.map((tag) => `, named ${tag}`).join('')}\n`);
  } catch (error) {
    place.build = { name, imageId: undefined, steps: steps.list, trouble: troubleOf(error) };
    throw error;
  }
};

/** An error as the pane that it belongs to shows it. */
export function troubleOf(error: unknown): TroubleView {
  const text = error instanceof Error ? error.message : String(error);
  const code = isStratumError(error) ? error.code : 'UNKNOWN';
  if (error instanceof BuildError) return { code, text, line: error.range.start };
  if (error instanceof DockerfileError) return { code, text, line: error.line };
  return { code, text };
}

/** Files of a directory of the learner's, as a context has them. */
function contextFiles(files: ReadonlyMap<string, Uint8Array>, directory: string): Record<string, Uint8Array> {
  const below = directory.replace(/^\.\/?/, '').replace(/\/+$/, '');
  const prefix = below === '' ? '' : `${below}/`;
  const found = [...files].filter(([path]) => path.startsWith(prefix));
  if (found.length === 0 && prefix !== '') throw usage(`there is no directory ${directory}`);
  return Object.fromEntries(found.map(([path, bytes]) => [`/${path.slice(prefix.length)}`, bytes]));
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function seen({ step, isCached, miss, layer }: StepOutcome) {
  return {
    line: step.range.start,
    title: step.title,
    isCached,
    miss: miss && missText(miss),
    diffId: layer.diffId,
  };
}

/** The steps of a build, with what they printed and how they came out. */
class StepBook {
  readonly list: BuildStepView[] = [];
  readonly #output: Map<string, string> = new Map();

  take(event: BuildProgress): void {
    switch (event.kind) {
      case 'output': {
        const text = utf8Text(event.chunk) ?? '';
        const all = (this.#output.get(event.step.title) ?? '') + text;
        this.#output.set(event.step.title, all.slice(0, OUTPUT_LIMIT));
        return;
      }
      case 'done':
        this.list.push({
          line: event.step.range.start,
          title: event.step.title,
          isCached: event.isCached,
          miss: event.miss && missText(event.miss),
          before: event.miss?.before,
          now: event.miss?.now,
          diffId: event.layer.diffId,
          storedBytes: event.layer.size,
          output: this.#output.get(event.step.title) ?? '',
          state: 'done',
          milliseconds: event.milliseconds,
        });
        return;
      case 'failed':
        this.list.push({
          line: event.step.range.start,
          title: event.step.title,
          isCached: false,
          miss: undefined,
          before: undefined,
          now: undefined,
          diffId: undefined,
          storedBytes: 0,
          output: this.#output.get(event.step.title) ?? '',
          state: 'failed',
          milliseconds: 0,
        });
        return;
      case 'started':
      case 'missed':
      case 'warning':
        return;
    }
  }
}

function tell(event: BuildProgress, place: Place): void {
  switch (event.kind) {
    case 'warning':
      place.print(`warning: ${event.text}\n`);
      return;
    case 'done':
      place.print(`${event.step.title}  ${event.isCached ? 'CACHED' : 'built'}\n`);
      if (event.miss !== undefined) place.print(`    not cached: ${missText(event.miss)}\n`);
      return;
    case 'failed':
      place.print(`${event.step.title}  failed\n`);
      return;
    case 'output':
      place.print(utf8Text(event.chunk) ?? '');
      return;
    case 'started':
    case 'missed':
      return;
  }
}
