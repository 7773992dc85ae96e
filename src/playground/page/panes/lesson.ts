/** A lesson: what to do, a hint, and what is still missing. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { LESSONS } from '../../../lessons/lessons.js';
import type { LessonView } from '../../view.js';
import type { Desk } from '../desk.js';
import { button, type Content, pane, trouble } from '../ui.js';

export function lessonPane(desk: Desk): TemplateResult | typeof nothing {
  const lesson = desk.view?.lesson;
  if (lesson === undefined) return nothing;
  const tools = html`<span class="quiet">step ${lesson.position} of ${lesson.steps}</span>
    ${button('Leave', () => void desk.leaveLesson(), { kind: 'small' })}`;
  return pane(
    'lesson',
    `Lesson: ${lesson.title}`,
    html`<progress max=${lesson.steps} value=${lesson.outro === undefined ? lesson.position - 1 : lesson.steps} aria-label="Steps done"></progress>
      ${lesson.told.slice(-1).map((text) => html`<div class="told">${paragraphs(text)}</div>`)}
      ${lesson.outro === undefined ? step(desk, lesson) : outro(desk, lesson)}`,
    { tools, wide: true },
  );
}

function step(desk: Desk, lesson: LessonView): TemplateResult {
  return html`${lesson.intro === '' ? nothing : paragraphs(lesson.intro)}
    <div class="goal">${paragraphs(lesson.goal)}</div>
    ${lesson.words.length === 0 ? nothing : html`<dl class="words">${lesson.words.map(({ word, means }) => html`<dt>${word}</dt><dd>${means}</dd>`)}</dl>`}
    ${lesson.question === undefined ? nothing : question(desk, lesson.question)}
    ${desk.time.at === 0 || lesson.isStepDone ? nothing : trouble(lesson.missing)}
    <div class="row">
      ${button(
        'Hint',
        () => {
          desk.isHintShown = !desk.isHintShown;
          desk.changed();
        },
        { kind: 'small', pressed: desk.isHintShown },
      )}
      ${button(
        'Show how',
        () => {
          desk.isSolutionShown = !desk.isSolutionShown;
          desk.changed();
        },
        { kind: 'small', pressed: desk.isSolutionShown },
      )}
      ${button('Skip this step', () => void desk.act({ kind: 'skip' }), { kind: 'small', disabled: desk.busy !== undefined })}
    </div>
    ${desk.isHintShown ? html`<div class="hint" role="status">${paragraphs(lesson.hint)}</div>` : nothing}
    ${desk.isSolutionShown ? html`<pre class="hint" tabindex="0">${lesson.solution.join('\n')}</pre>` : nothing}`;
}

function question(desk: Desk, { choices, unit }: NonNullable<LessonView['question']>): TemplateResult {
  const answer = (text: string): void => void desk.act({ kind: 'answer', text });
  if (choices.length > 0) {
    return html`<div class="choices" role="group" aria-label="Answers">
      ${choices.map((choice) => button(choice, () => answer(choice), { disabled: desk.busy !== undefined }))}
    </div>`;
  }
  return html`<form
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      answer(((event.target as HTMLFormElement).elements.namedItem('answer') as HTMLInputElement).value);
    }}
  >
    <label for="answer">Answer</label>
    <input id="answer" name="answer" autocomplete="off" placeholder=${unit} />
    ${button('Answer', () => {}, { kind: 'submit', disabled: desk.busy !== undefined })}
  </form>`;
}

function outro(desk: Desk, lesson: LessonView): TemplateResult {
  const next = LESSONS[LESSONS.findIndex(({ id }) => id === lesson.id) + 1];
  return html`<div class="goal">${paragraphs(lesson.outro ?? '')}</div>
    ${next === undefined ? nothing : button(`Next: ${next.title}`, () => void desk.open({ kind: 'lesson', id: next.id }, []), { kind: 'main' })}`;
}

/** Text with `code` between backquotes, and empty lines between paragraphs. */
function paragraphs(text: string): Content {
  return text
    .split(/\n\s*\n/)
    .map(
      (paragraph) =>
        html`<p>${paragraph.split('`').map((piece, at) => (at % 2 === 1 ? html`<code>${piece}</code>` : piece))}</p>`,
    );
}

export function lessonMenu(desk: Desk): TemplateResult | typeof nothing {
  if (LESSONS.length === 0) return nothing;
  return html`<label class="lessons"
    >Lessons
    <select
      @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement;
        const id = select.value;
        if (id === '') void desk.leaveLesson();
        else void desk.open({ kind: 'lesson', id }, []);
      }}
    >
      <option value="" ?selected=${desk.start.kind !== 'lesson'}>free play</option>
      ${LESSONS.map(
        ({ id, title }, at) =>
          html`<option value=${id} ?selected=${desk.start.kind === 'lesson' && desk.start.id === id}>${at + 1}. ${title}</option>`,
      )}
    </select>
  </label>`;
}
