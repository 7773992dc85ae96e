/** A command line that makes no sense: what is wrong with it, and what would be right. */

export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** One line that helps; printed below the error. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
