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
      const pid = this.#childOf(this.#child.pid);
      if (pid !== undefined && this.#isInside(pid)) return pid;
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

  #childOf(pid: number | undefined): number | undefined {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      return children === '' ? undefined : Number(children.split(' ')[0]);
    } catch {
      return undefined;
    }
  }

  #isInside(pid: number): boolean {
    try {
      return readlinkSync(`/proc/${pid}/root`) === realpathSync(this.#root);
    } catch {
      return false;
    }
  }
}
