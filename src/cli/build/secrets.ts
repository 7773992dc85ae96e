/** `--secret id=NAME,src=FILE` and `id=NAME,env=VARIABLE`. */

import { readFile } from 'node:fs/promises';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** The secret by its id. Without a source it is the variable, or the file, of the same name. */
export async function parseSecret(text: string, session: Session): Promise<Record<string, Uint8Array>> {
  const fields = new Map<string, string>();
  for (const field of text.split(',')) {
    const at = field.indexOf('=');
    if (at < 0)
      throw new UsageError(`invalid secret '${text}': '${field}' must be key=value`, 'Write id=NAME,src=FILE.');
    fields.set(field.slice(0, at), field.slice(at + 1));
  }
  const id = fields.get('id');
  if (id === undefined || id === '') throw new UsageError(`the secret '${text}' has no id`, 'Write id=NAME,src=FILE.');
  const variable = fields.get('env') ?? (fields.get('type') === 'env' ? id : undefined);
  const file = fields.get('src') ?? fields.get('source');
  if (variable !== undefined) return { [id]: new TextEncoder().encode(variableOf(variable, session)) };
  if (file === undefined && session.io.env[id] !== undefined) {
    return { [id]: new TextEncoder().encode(session.io.env[id]) };
  }
  return { [id]: await readFile(session.hostPath(file ?? id)) };
}

function variableOf(name: string, session: Session): string {
  const value = session.io.env[name];
  if (value === undefined) throw new UsageError(`the secret's variable ${name} is not set`, 'Set it, or use src=FILE.');
  return value;
}
