/** Bars drawn to scale with text: full blocks for what is one's own, shaded ones for what is shared. */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const OWN = '█';
const SHARED = '▒';

/** A bar of `width` characters for `most`; what is not nothing shows at least a sliver. */
export function scaledBar(value: number, most: number, width: number, kind: 'own' | 'shared' = 'own'): string {
  const eighths = most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, Math.round((value / most) * width * 8));
  if (kind === 'shared') return SHARED.repeat(Math.max(value > 0 ? 1 : 0, Math.round(eighths / 8))).padEnd(width);
  return `${OWN.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`.padEnd(width);
}
