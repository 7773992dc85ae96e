/** `--output type=…,dest=…`: where the result of a build goes besides the store. */

import * as fs from 'node:fs';
import type { BuiltImage } from '../../engine/builds.js';
import { writeFileStream, writeStandardOutput } from '../host-files.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const TYPES = ['oci', 'docker', 'tar', 'local', 'image'] as const;
type OutputType = (typeof TYPES)[number];

export interface BuildOutput {
  readonly type: OutputType;
  /** `-` is standard output. */
  readonly dest: string;
  /** False for a layout directory instead of an archive. */
  readonly tar: boolean;
  readonly name: string | undefined;
}

/** Fails with a UsageError. A path alone is a directory for the files. */
export function parseOutput(text: string): BuildOutput {
  if (!text.includes('=')) return { type: text === '-' ? 'tar' : 'local', dest: text, tar: true, name: undefined };
  const fields = new Map(
    text.split(',').map((field): [string, string] => {
      const at = field.indexOf('=');
      return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
    }),
  );
  const type = TYPES.find((each) => each === fields.get('type'));
  if (type === undefined) {
    throw new UsageError(`unknown output type '${fields.get('type') ?? ''}'`, `There is ${TYPES.join(', ')}.`);
  }
  const dest = fields.get('dest') ?? '-';
  if (type === 'local' && dest === '-') throw new UsageError('files need a directory', 'Add dest=DIRECTORY.');
  return { type, dest, tar: fields.get('tar') !== 'false', name: fields.get('name') };
}

export async function writeOutput(
  output: BuildOutput,
  built: BuiltImage,
  session: Session,
  tags: readonly string[],
): Promise<void> {
  const engine = await session.engine();
  const names = output.name === undefined ? tags : [output.name];
  const { type, tar } = output;
  if (type === 'image') {
    if (output.name !== undefined) await engine.tag(built.id, output.name);
    return;
  }
  if (type === 'local') return engine.writeBuilt(built, { fs, directory: session.hostPath(output.dest) });
  if (type === 'oci' && !tar) {
    return engine.saveBuiltLayout(built, { directory: session.hostPath(output.dest), names });
  }
  const bytes = type === 'tar' ? engine.exportBuilt(built) : engine.saveBuilt(built, { type, names });
  if (output.dest === '-') return writeStandardOutput(session, bytes, 'Add dest=FILE, or send it through a pipe.');
  return writeFileStream(session.hostPath(output.dest), bytes);
}
