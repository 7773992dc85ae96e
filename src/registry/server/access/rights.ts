/** What each user may do; nobody in particular is `undefined`. */

import type { Action } from './access.js';

/** `repository` is `undefined` for what concerns none: the ping, and the list of all. */
export type Rights = (user: string | undefined, repository: string | undefined, action: Action) => boolean;

export const everythingForUsers: Rights = (user) => user !== undefined;

/** Everybody may read, users may write. */
export const readingForAll: Rights = (user, _repository, action) => user !== undefined || action === 'pull';
