/** The learner's directory: the Dockerfile and the files that it may copy, to be edited, with the checks beside it. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { CheckView } from '../../messages.js';
import { sizeText } from '../../text.js';
import type { BuildStepView, FileView } from '../../view.js';
import type { Desk } from '../desk.js';
import { button, layerStyle, pane, term } from '../ui.js';

export function filesPane(desk: Desk): TemplateResult {
  const file = desk.files.find(({ path }) => path === desk.file);
  const tools = html`${button('Add file', () => addFile(desk))}
  ${button('Build', () => void build(desk), { kind: 'main', title: 'Ctrl+Enter in the editor', disabled: desk.busy !== undefined })}`;
  return pane(
    'files',
    html`Dockerfile and ${term('build context', 'files')}`,
    html`<div class="tabs" role="tablist" aria-label="Files">
        ${repeat(
          desk.files,
          ({ path }) => path,
          (each) => fileTab(desk, each),
        )}
      </div>
      ${file === undefined ? html`<p class="quiet">There is no file here.</p>` : editor(desk, file)}
      ${desk.file === 'Dockerfile' ? checkList(desk.checks) : nothing}`,
    { tools },
  );
}

/** What the button types. */
export async function build(desk: Desk): Promise<void> {
  await desk.act({ kind: 'type', line: `stratum build -t ${nextTag(desk)} .` });
}

/** The name that was built last stays; `app:1` is the first. */
function nextTag(desk: Desk): string {
  return desk.view?.build?.name.match(/^\S+$/)?.[0] ?? 'app:1';
}

function fileTab(desk: Desk, { path }: FileView): TemplateResult {
  const isShown = path === desk.file;
  return html`<button
    type="button"
    role="tab"
    id=${`tab-${path}`}
    aria-selected=${String(isShown)}
    aria-controls="editor"
    tabindex=${isShown ? 0 : -1}
    @click=${() => show(desk, path)}
    @keydown=${(event: KeyboardEvent) => moveTab(desk, event)}
  >
    ${path}${desk.drafts.has(path) ? html`<span class="edited" aria-hidden="true"> •</span>` : nothing}
  </button>`;
}

function show(desk: Desk, path: string): void {
  desk.file = path;
  desk.changed();
}

function moveTab(desk: Desk, event: KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const { files } = desk;
  const at = files.findIndex(({ path }) => path === desk.file);
  const next = files[(at + step + files.length) % files.length];
  if (next === undefined) return;
  show(desk, next.path);
  requestAnimationFrame(() => document.getElementById(`tab-${next.path}`)?.focus());
}

function editor(desk: Desk, file: FileView): TemplateResult {
  if (file.text === undefined) {
    return html`<p class="quiet" id="editor">${file.path}: ${sizeText(file.sizeBytes)} that are no text. COPY takes it all the same.</p>
      ${removeButton(desk, file)}`;
  }
  const lines = file.text.split('\n').length;
  const isDockerfile = file.path === 'Dockerfile';
  const steps = desk.drafts.has(file.path) ? [] : (desk.view?.build?.steps ?? []);
  return html`<div class="editor" id="editor" role="tabpanel" aria-labelledby=${`tab-${file.path}`}>
      <div class="gutter" aria-hidden="true">
        ${Array.from({ length: lines }, (_, at) =>
          isDockerfile ? gutterLine(at + 1, steps, desk.checks) : html`<div>${at + 1}</div>`,
        )}
      </div>
      <textarea
        aria-label=${file.path}
        aria-describedby=${isDockerfile ? 'checks' : nothing}
        spellcheck="false"
        autocapitalize="off"
        rows=${Math.max(lines, 8)}
        wrap="off"
        .value=${live(file.text)}
        @input=${(event: Event) => desk.edit(file.path, (event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void build(desk);
        }}
      ></textarea>
    </div>
    ${isDockerfile ? nothing : removeButton(desk, file)}`;
}

function removeButton(desk: Desk, { path }: FileView): TemplateResult {
  return button(`Remove ${path}`, () => desk.edit(path, undefined), { kind: 'small' });
}

/** The number of a line, the layer that it made, and what the checks say of it. */
function gutterLine(line: number, steps: readonly BuildStepView[], checks: readonly CheckView[]): TemplateResult {
  const step = steps.find((each) => each.line === line);
  const found = checks.find((each) => each.line === line);
  const mark = found === undefined ? '' : found.severity === 'error' ? '✖' : '⚠';
  const style = step?.diffId === undefined ? '' : layerStyle(step.diffId);
  return html`<div class=${`${step === undefined ? '' : 'owned'} ${found?.severity ?? ''}`} style=${style} title=${found?.text ?? ''}>
    ${mark}${line}
  </div>`;
}

function checkList(checks: readonly CheckView[]): TemplateResult {
  if (checks.length === 0) return html`<p class="quiet" id="checks">No complaints about the Dockerfile.</p>`;
  return html`<ul class="checks" id="checks" aria-label="Checks">
    ${checks.map(
      (check) => html`<li class=${check.severity}>
        <button type="button" class="small" @click=${() => toLine(check.line)}>line ${check.line}</button>
        <strong>${check.severity === 'error' ? 'error' : check.rule}</strong> ${check.text}
      </li>`,
    )}
  </ul>`;
}

/** Puts the caret at the beginning of a line. */
function toLine(line: number): void {
  const area = document.querySelector<HTMLTextAreaElement>('#editor textarea');
  if (area === null) return;
  const before = area.value.split('\n').slice(0, line - 1);
  const at = before.reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(at, at);
}

function addFile(desk: Desk): void {
  const taken = new Set(desk.files.map(({ path }) => path));
  let number = 1;
  while (taken.has(`file-${number}.txt`)) number++;
  const path = prompt('Path of the new file', `file-${number}.txt`)?.trim();
  if (path === undefined || path === '') return;
  if (!taken.has(path)) desk.edit(path, '');
  show(desk, path);
}
