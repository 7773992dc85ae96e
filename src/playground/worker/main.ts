/** The worker: the engine of the page, which answers one request after another. */

import { collectBytes } from '../../base/stream.js';
import { parseDigest } from '../../digest/digest.js';
import { reportDockerfile } from '../../dockerfile/checks/check.js';
import { DockerfileError } from '../../dockerfile/error.js';
import { parseDockerfile } from '../../dockerfile/parse.js';
import { ARCHIVE_LIMIT_BYTES } from '../limits.js';
import type { Answers, CheckView, FromWorker, Request, ToWorker } from '../messages.js';
import { History } from './history.js';
import { lateShell } from './late-shell.js';
import { lookUp } from './lookup.js';
import { RowReader } from './rows.js';
import { troubleOf } from './verbs/build.js';

interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | undefined;
}

const scope = globalThis as unknown as WorkerScope;
/** The page is told what an act prints at most so often. */
const PROGRESS_EVERY_MS = 60;

let tellScript: (script: string) => void = () => {};
const script: Promise<string> = new Promise((resolve) => {
  tellScript = resolve;
});
let lastProgressMs = 0;

const history = new History({
  runtime: lateShell(() => {
    scope.postMessage({ notice: 'need-shell' });
    return script;
  }),
  onOutput: (text) => scope.postMessage({ notice: 'output', text }),
  onProgress: (text, part) => {
    const now = performance.now();
    if (now - lastProgressMs < PROGRESS_EVERY_MS) return;
    lastProgressMs = now;
    scope.postMessage({ notice: 'progress', text, part });
  },
});
const rows = new RowReader();

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  switch (request.ask) {
    case 'open':
      return history.open(request.start, request.line);
    case 'do':
      return history.do(request.line);
    case 'rows':
      return rows.read(history.slabs(request.rows.moment, request.rows.target), request.rows);
    case 'lookup':
      return lookUp(history.slabs(request.moment, request.target), request.path);
    case 'check':
      return check(request.dockerfile);
    case 'save': {
      const chunks = history.sandbox.place.engine.save([request.name], { format: 'oci-archive' });
      const bytes = await collectBytes(chunks, ARCHIVE_LIMIT_BYTES);
      return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/x-tar' });
    }
    case 'blob':
      return history.sandbox.document(parseDigest(request.digest));
    case 'shell':
      tellScript(request.script);
      return undefined;
  }
}

function check(text: string): CheckView[] {
  try {
    const { warnings, error } = reportDockerfile(parseDockerfile(text, { file: 'Dockerfile' }), { own: true });
    return [...warnings.map(warningView), ...(error === undefined ? [] : [errorView(error)])];
  } catch (error) {
    return [errorView(error)];
  }
}

function warningView({
  ruleName,
  detail,
  location,
}: {
  ruleName: string;
  detail: string;
  location: Located;
}): CheckView {
  return { line: location.ranges[0]?.start.line ?? 1, severity: 'warning', rule: ruleName, text: detail };
}

interface Located {
  readonly ranges: readonly { readonly start: { readonly line: number } }[];
}

function errorView(error: unknown): CheckView {
  const line = error instanceof DockerfileError ? (error.line ?? 1) : 1;
  const text = error instanceof DockerfileError ? error.reason : troubleOf(error).text;
  return { line, severity: 'error', rule: 'error', text };
}

/** One act after the other; what only looks need not wait for them. */
let acts: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  const { number } = data;
  const isAct = data.ask === 'open' || data.ask === 'do' || data.ask === 'save';
  const answered = isAct ? acts.then(() => answer(data)) : answer(data);
  if (isAct) acts = answered.catch(() => {});
  answered.then(
    (value) => scope.postMessage({ number, answer: value }),
    (error: unknown) => scope.postMessage({ number, trouble: troubleOf(error) }),
  );
};
