/** Tests that need root, a kernel feature or a Debian package say so by name; CI lets none of them skip. */

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestFunction, test } from 'vitest';

/** `root`, `overlay` (the kernel's file system, mountable here), or the name of a command. */
export type Requirement = 'root' | 'overlay' | (string & {});

type NamedTest = (name: string, run: TestFunction, timeoutMs?: number) => void;

const found = new Map<Requirement, boolean>();

/** A `test` that runs where everything it needs is there, and elsewhere skips with the reason in its name. */
export function requires(...requirements: readonly Requirement[]): NamedTest {
  const missing = [...new Set(requirements)].filter((requirement) => !isMet(requirement));
  return (name, run, timeoutMs) => {
    if (missing.length === 0) test(name, run, timeoutMs);
    else if (process.env['STRATUM_TEST_REQUIRE_ALL'] === '1') test(name, () => failMissing(missing));
    else test.skip(`${name} [skipped: needs ${missing.join(', ')}]`);
  };
}

/** True when a requirement is met on this machine. */
export function isMet(requirement: Requirement): boolean {
  const known = found.get(requirement);
  if (known !== undefined) return known;
  const met = probe(requirement);
  found.set(requirement, met);
  return met;
}

function failMissing(missing: readonly Requirement[]): never {
  throw new Error(`STRATUM_TEST_REQUIRE_ALL is set, but missing: ${missing.join(', ')}`);
}

function probe(requirement: Requirement): boolean {
  if (requirement === 'root') return process.getuid?.() === 0;
  if (requirement === 'overlay') return canMountOverlay();
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, requirement)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}

function canMountOverlay(): boolean {
  if (process.getuid?.() !== 0 || !readFileSync('/proc/filesystems', 'utf8').includes('overlay')) return false;
  const root = mkdtempSync(join(tmpdir(), 'stratum-overlay-'));
  try {
    for (const folder of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(root, folder));
    const options = `lowerdir=${root}/lower,upperdir=${root}/upper,workdir=${root}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, join(root, 'merged')], { stdio: 'ignore' });
    execFileSync('umount', [join(root, 'merged')]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
