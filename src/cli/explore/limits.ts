/** The limits of `analyze`: how they are written, and what is said of an image that does not keep one. */

import type { ImageAnalysis } from '../../analysis/analyze.js';
import type { LimitResult } from '../../analysis/rules.js';
import type { WastedCopy, WastedPath } from '../../analysis/waste.js';
import { humanSize } from '../human.js';
import { UsageError } from '../usage.js';
import { visibleText } from '../visible-text.js';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** So many wasteful paths are named where an image fails. */
const NAMED_PATHS = 5;

/** A part of a whole, from 0 to 1 or in percent. */
export function parseRatio(text: string, option: string): number {
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? [];
  const value = percent === '%' ? Number(digits) / 100 : Number(digits);
  if (digits !== '' && value <= 1) return value;
  throw new UsageError(`${option} must be from 0 to 1, or from 0% to 100%, not '${visibleText(text)}'`);
}

/** Bytes, with a unit or without: `500000`, `20MB`, `1.5GiB`. */
export function parseSize(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (digits !== '' && factor !== undefined) return Math.floor(Number(digits) * factor);
  throw new UsageError(`${option} must be a size such as 20MB or 1.5GiB, not '${visibleText(text)}'`);
}

/** What an image that does not keep a limit is told: the figure, the limit, and which paths waste the most. */
export function failureText(analysis: ImageAnalysis, { limit, allowed, actual }: LimitResult): string {
  const wasted = analysis.wasted.slice(0, NAMED_PATHS).map((path) => wastedText(path));
  const more = analysis.wasted.length - wasted.length;
  const paths = [...wasted, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  return `${analysis.name}: ${figureText(limit, actual, allowed)}${paths === '' ? '' : `: ${paths}`}`;
}

function figureText(limit: LimitResult['limit'], actual: number, allowed: number): string {
  switch (limit) {
    case 'lowestEfficiency':
      return `efficiency ${ratioText(actual)} is under ${allowed}`;
    case 'highestWastedBytes':
      return `${humanSize(actual)} wasted (${actual} bytes), more than ${humanSize(allowed)}`;
    case 'highestUserWastedRatio':
      return `${percentText(actual)} wasted of what lies above the lowest layer, more than ${percentText(allowed)}`;
  }
}

function wastedText({ path, bytes, copies }: WastedPath): string {
  const reasons = [...new Set(copies.map(reasonText))];
  return `${visibleText(path)} wastes ${humanSize(bytes)} (${reasons.join(', ')})`;
}

/** Why a copy does not show; layers are counted from 1. */
export function reasonText({ reason, layer, by, sameContent }: WastedCopy): string {
  switch (reason) {
    case 'overwritten':
      return `layer ${layer + 1}, overwritten by ${by + 1}${sameContent === true ? ' with the same content' : ''}`;
    case 'deleted':
      return `layer ${layer + 1}, deleted by ${by + 1}`;
    case 'shadowed':
      return `twice in layer ${layer + 1}`;
  }
}

/** Four digits, rounded down, so that no figure reads as one that it does not reach. */
export function ratioText(value: number): string {
  return (Math.floor(value * 10_000 + 1e-9) / 10_000).toFixed(4);
}

export function percentText(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toFixed(2)}%` : 'all';
}
