/** Passwords against hashes of bcrypt, which Node's crypto does not have. */

import { compare } from 'bcryptjs';
import type { CompareHash } from '../../registry/server/access/passwords.js';

export const compareBcrypt: CompareHash = (password, hash) => compare(password, hash);
