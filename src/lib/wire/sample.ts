import { printable } from '../printable.ts';
import { withoutSecrets } from '../secrets/secret-patterns.ts';

const sampleCharacters = 200;
/** Bytes that are looked at, more than are shown: a secret that is cut off in the middle would not look like one. */
const windowBytes = 2_000;

const secretWord = '(?:pass|pwd|secret|token|key|auth|cred|salt|dsn|private|cookie|session)';

/**
 * Forms of files whose lines are all refused and that hold secrets: a variable of a shell, a row of .pgpass, .netrc or shadow.
 * What nobody would take for a secret in a message may be one here, and a sample without it still tells whose line it is.
 */
const fileForms: readonly (readonly [RegExp, string])[] = [
  // The last line of a PEM block; the others are long words.
  [/^[A-Za-z0-9+/]{4,}={1,2}\s*$/, '[redacted base64]'],
  [/^(\s{0,20}(?:export |set |-e |ENV )?[\w.-]{1,100}\s{0,3}=\s{0,3})\S.*$/s, '$1[redacted value]'],
  [
    new RegExp(`([\\w.-]{0,60}${secretWord}[\\w.-]{0,60}["']?\\s{0,3}[=:]\\s{0,3})[^\\s|,;}]+`, 'gi'),
    '$1[redacted value]',
  ],
  [/^([^:\s|]{1,255}:(?:\d{1,5}|\*):[^:]{1,100}:[^:]{1,100}:)\S.*$/s, '$1[redacted password]'],
  [/\b((?:password|passwd|account)[ \t]{1,3})\S{3,}/gi, '$1[redacted password]'],
  [/\$(?:\d[a-z]?|apr1|y|argon2\w{0,2})\$\S{8,}/g, '[redacted hash]'],
];
/** A run of 20 characters anywhere, or a line that is nothing but one of 8. */
const longWord = /[A-Za-z0-9+/=_.~-]{20,}|^[A-Za-z0-9+/=]{8,}\s*$/g;

/** The first 200 characters of a refused line as they may be logged: without secrets, printable on any terminal. */
export function sampleOf(line: Buffer): string {
  let text = withoutSecrets(line.subarray(0, windowBytes).toString('utf8'));
  for (const [form, instead] of fileForms) text = text.replace(form, instead);
  return printable(text.replace(longWord, (word) => (isKeyLike(word) ? '[redacted word]' : word))).slice(
    0,
    sampleCharacters,
  );
}

function isKeyLike(word: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(word)) return true;
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
}
