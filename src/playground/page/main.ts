/** Begins the page. */

import { render } from 'lit-html';
import { app, type PageOptions } from './app.js';
import { Desk } from './desk.js';
import { showTips } from './tips.js';
import workerSource from './worker-source.js';

const options = pageOptions();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no place for the playground');
let isPlanned = false;
let shownMoment = 0;

/** However often something changes, a frame is drawn once. */
function draw(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    render(app(desk, options), root as HTMLElement);
    showMoment();
    if (options.isEmbedded) tellParent();
  });
}

const desk = new Desk(makeWorker, draw);
document.body.classList.toggle('embedded', options.isEmbedded);
render(app(desk, options), root);
// For whoever measures: from here on there is an editor that takes what is typed.
performance.mark('ready to type');
showTips();
takeDrops();
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#v')) void desk.begin(location.hash);
});
void desk.begin(location.hash);

/** Brings the moment that is shown into view on the time line, which scrolls by itself. */
function showMoment(): void {
  if (shownMoment === desk.time.at) return;
  shownMoment = desk.time.at;
  const moment = document.querySelector<HTMLElement>('.moment[aria-current]');
  const line = moment?.closest('ol');
  if (moment && line) line.scrollLeft = moment.offsetLeft - line.offsetLeft - line.clientWidth / 2;
}

/** The worker is made of text that the page holds: `file:` gives no scripts to workers. */
function makeWorker(): Worker {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

function pageOptions(): PageOptions {
  const query = new URLSearchParams(location.search);
  const panes = query.get('panes')?.split(',');
  return { isEmbedded: query.get('embed') === '1', panes };
}

/** An archive may be dropped anywhere. */
function takeDrops(): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void desk.act({ kind: 'load', name: file.name, file });
  });
}

/** A page around this one may make room for it; it learns nothing else but how far a lesson is. */
function tellParent(): void {
  const lesson = desk.view?.lesson;
  parent.postMessage(
    {
      type: 'stratum-playground',
      height: document.documentElement.scrollHeight,
      ...(lesson !== undefined && { lesson: lesson.id, step: lesson.position, steps: lesson.steps }),
    },
    '*',
  );
}
