/** The synchronous face: every call once; the other faces are made of these. */

import type { Kernel } from '../union/kernel.js';
import { type AttributeCalls, attributeCalls } from './sync/attributes.js';
import { type ContentCalls, contentCalls } from './sync/content.js';
import { type CopyCalls, copyCalls } from './sync/copy.js';
import { type DescriptorCalls, descriptorCalls } from './sync/descriptors.js';
import { type ListCalls, listCalls } from './sync/list.js';
import { type LookCalls, lookCalls } from './sync/look.js';
import { type NameCalls, nameCalls } from './sync/names.js';

export interface SyncCalls
  extends LookCalls,
    ListCalls,
    DescriptorCalls,
    ContentCalls,
    NameCalls,
    AttributeCalls,
    CopyCalls {}

/** `random` gives numbers from 0 up to 1. */
export function syncCalls(kernel: Kernel, random: () => number): SyncCalls {
  const content = contentCalls(kernel);
  return {
    ...lookCalls(kernel),
    ...listCalls(kernel),
    ...descriptorCalls(kernel),
    ...content,
    ...nameCalls(kernel, random),
    ...attributeCalls(kernel),
    ...copyCalls(kernel, content),
  };
}
