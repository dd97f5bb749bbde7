/** A form in which secrets are written. */
export interface SecretRule {
  /** What is taken out, in a word or two. */
  what: string;
  /** With the flags `dgu` or `digu`; the group `secret`, or all of it, is what is taken out. Linear in the text's length. */
  pattern: RegExp;
  /** True where a match is a secret indeed; default: always. */
  holds?: (secret: string, groups: Readonly<Record<string, string | undefined>>, before: string) => boolean;
}
