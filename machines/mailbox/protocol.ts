/** Commands of those who use the mailbox. */
export type MailboxCommand =
  /** The reader has put lines in. */
  | { type: 'mail.arrived' }
  /** The router has taken some. */
  | { type: 'mailbox.taken' };
