/** Explains the field's words while the pointer or the focus is on them. */

import { wordText } from './ui.js';

/** One tip for the whole page, as text; Escape takes it away (WCAG 1.4.13). */
export function showTips(): void {
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.className = 'tip';
  tip.role = 'tooltip';
  tip.hidden = true;
  document.body.append(tip);
  const show = (event: Event): void => {
    const term = event.target instanceof Element ? event.target.closest<HTMLElement>('.term') : undefined;
    if (!term) return;
    const word = term.dataset['word'] ?? '';
    tip.textContent = `${word}: ${wordText(word)}`;
    tip.hidden = false;
    const { left, bottom, top } = term.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const under = bottom + 6 + height < innerHeight ? bottom + 6 : top - height - 6;
    tip.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    tip.style.top = `${under}px`;
  };
  const hide = (): void => {
    tip.hidden = true;
  };
  document.addEventListener('pointerover', show);
  document.addEventListener('focusin', show);
  document.addEventListener('pointerout', hide);
  document.addEventListener('focusout', hide);
  document.addEventListener('scroll', hide, { capture: true, passive: true });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
}
