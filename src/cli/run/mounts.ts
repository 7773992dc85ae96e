/** `-v`, `--mount` and `--tmpfs` as Docker spells them. */

import type { ContainerMount } from '../../engine/records.js';
import { UsageError } from '../usage.js';

type HostPath = (path: string) => string;

const SIZES: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const ACCEPTED = new Set(['rw', 'z', 'Z', 'consistent', 'cached', 'delegated', 'rprivate', 'private', 'copy']);

/** `path`, `name:path[:options]` or `dir:path[:options]`. */
export function bindOf(text: string, hostPath: HostPath): ContainerMount {
  const parts = text.split(':');
  const [first = '', second, options = ''] = parts;
  if (parts.length > 3 || first === '' || second === '') {
    throw new UsageError(`invalid volume '${text}'`, 'Write NAME:PATH[:ro], DIRECTORY:PATH[:ro] or PATH.');
  }
  if (second === undefined) return { type: 'volume', target: first };
  const isBind = /^[./]/.test(first);
  const words = options.split(',').filter((word) => word !== '');
  for (const word of words) {
    if (word !== 'ro' && word !== 'nocopy' && !ACCEPTED.has(word)) {
      throw new UsageError(`invalid volume '${text}': unknown option '${word}'`, 'Known are ro, rw and nocopy.');
    }
  }
  return {
    type: isBind ? 'bind' : 'volume',
    source: isBind ? hostPath(first) : first,
    target: second,
    ...(words.includes('ro') && { readOnly: true }),
    ...(words.includes('nocopy') && { noCopy: true }),
  };
}

/** `type=bind|volume|tmpfs,source=,target=,readonly,volume-nocopy,tmpfs-size=,tmpfs-mode=`. */
export function mountOf(text: string, hostPath: HostPath): ContainerMount {
  const fields = new Map<string, string>();
  for (const field of text.split(',')) {
    const at = field.indexOf('=');
    const key = at < 0 ? field : field.slice(0, at);
    const name = NAMES[key.trim().toLowerCase()];
    if (name === undefined) throw new UsageError(`invalid mount '${text}': unknown key '${key}'`);
    fields.set(name, at < 0 ? 'true' : field.slice(at + 1));
  }
  const type = fields.get('type') ?? 'volume';
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs') {
    throw new UsageError(`invalid mount '${text}': unknown type '${type}'`, 'Known are bind, volume and tmpfs.');
  }
  const target = fields.get('target');
  const source = fields.get('source');
  if (target === undefined) throw new UsageError(`invalid mount '${text}': it has no target`, 'Write target=PATH.');
  if (type === 'bind' && source === undefined) throw new UsageError(`invalid mount '${text}': it has no source`);
  const size = fields.get('size');
  const mode = fields.get('mode');
  return {
    type,
    target,
    ...(source !== undefined && type !== 'tmpfs' && { source: type === 'bind' ? hostPath(source) : source }),
    ...(isTrue(fields.get('readonly')) && { readOnly: true }),
    ...(isTrue(fields.get('nocopy')) && { noCopy: true }),
    ...(size !== undefined && { sizeBytes: bytesOf(size) }),
    ...(mode !== undefined && { mode: modeOf(mode) }),
  };
}

const NAMES: Readonly<Record<string, string>> = {
  type: 'type',
  src: 'source',
  source: 'source',
  dst: 'target',
  destination: 'target',
  target: 'target',
  ro: 'readonly',
  readonly: 'readonly',
  'volume-nocopy': 'nocopy',
  'tmpfs-size': 'size',
  'tmpfs-mode': 'mode',
};

/** `path[:size=64m,mode=1777]`; what else mount(8) knows of a tmpfs is accepted. */
export function tmpfsOf(text: string): ContainerMount {
  const at = text.indexOf(':');
  const words = at < 0 ? [] : text.slice(at + 1).split(',');
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const size = value('size');
  const mode = value('mode');
  return {
    type: 'tmpfs',
    target: at < 0 ? text : text.slice(0, at),
    ...(words.includes('ro') && { readOnly: true }),
    ...(size !== undefined && { sizeBytes: bytesOf(size) }),
    ...(mode !== undefined && { mode: modeOf(mode) }),
  };
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1';
}

function bytesOf(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([bkmg]?)b?$/i.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`'${text}' is not a size`, 'Write 64m, 1g or a number of bytes.');
  return Number(digits) * (SIZES[unit.toLowerCase()] ?? 1);
}

function modeOf(text: string): number {
  if (!/^[0-7]{1,4}$/.test(text)) throw new UsageError(`'${text}' is not an octal mode`);
  return Number.parseInt(text, 8);
}
