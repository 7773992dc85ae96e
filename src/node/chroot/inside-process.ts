/** The first process of a sandbox, as the machine sees it: the child of the unshare(1) that waits for it. */

import type { ChildProcess } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { StratumError } from '../../base/error.js';

const POLL_MS = 5;

export class InsideProcess {
  readonly #child: ChildProcess;
  readonly #root: string;

  /** `root` is the directory that becomes its root. */
  constructor(child: ChildProcess, root: string) {
    this.#child = child;
    this.#root = root;
  }

  /** Its id, once it is in its root: before that it is a script of ours. Fails with RUNTIME_FAILED when it is over. */
  async pid(): Promise<number> {
    for (;;) {
      const pid = childrenOf(this.#child).find((each) => this.#isInside(each));
      if (pid !== undefined) return pid;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new StratumError('RUNTIME_FAILED', 'the command is over');
      }
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }

  async kill(signal: number): Promise<void> {
    process.kill(await this.pid(), signal);
  }

  #isInside(pid: number): boolean {
    try {
      return readlinkSync(`/proc/${pid}/root`) === realpathSync(this.#root);
    } catch {
      return false;
    }
  }
}

/**
 * Kills a program that waits for a process in namespaces, and that process with it: the kernel's way, a signal at the
 * death of the parent, is lost when a process takes on another user.
 */
export function killWithChildren(child: ChildProcess): void {
  for (const pid of childrenOf(child)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It was faster.
    }
  }
  child.kill('SIGKILL');
}

function childrenOf({ pid }: ChildProcess): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').flatMap((each) => (each === '' ? [] : [Number(each)]));
  } catch {
    return [];
  }
}
