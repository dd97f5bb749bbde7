import { commandRules } from './command-rules.ts';
import type { SecretRule } from './rule.ts';
import { looksRandom, looksSecret } from './secret-likeness.ts';

/** A secret in a text: `text.slice(start, end)`. `what` names it in a word or two. */
export interface Secret {
  start: number;
  end: number;
  what: string;
}

/** So much of the text before a match is looked at. */
const beforeChars = 80;

const keyword =
  '(?:pass ?words?|pass(?:wd|code|phrase)|pwd|passwort|kennwort|wachtwoord|contraseña|mot de passe|secret(?:[ _-]?key)?|api[ _-]?(?:key|token|secret)|access[ _-]?(?:key|token)|auth[ _-]?token|refresh[ _-]?token|client[ _-]?secret|private[ _-]?key|session[ _-]?(?:id|token|key)|token|credentials?)';

/**
 * Secrets that people paste to an agent, and that a linter for repositories does not look for. Each value of at most
 * 500 characters, each run of blanks of at most 3, so that no text makes a pattern slow.
 */
const rules: readonly SecretRule[] = [
  ...commandRules,
  {
    what: 'private key',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[^]){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/dgu,
  },
  { what: 'private key', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{40,80}\b/dgu },
  {
    what: 'password',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,100}:(?<secret>[^\s@/]{1,200})@/dgiu,
  },
  {
    what: 'token',
    pattern: /\b(?:bearer|basic|token)[ \t]{1,3}(?<secret>[A-Za-z0-9._~+/=-]{16,500})/dgiu,
    holds: looksSecret,
  },
  { what: 'token', pattern: /\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}/dgu },
  {
    what: 'token',
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{40,255}|gl(?:pat|ptt|rt)-[\w-]{20,60}|xox[abeoprs]-[A-Za-z0-9-]{10,200}|sk-[A-Za-z0-9_-]{20,200}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,120}|whsec_[A-Za-z0-9+/=]{20,80}|AIza[\w-]{35}|hf_[A-Za-z0-9]{30,60}|npm_[A-Za-z0-9]{30,60}|dop_v1_[a-f0-9]{60,70}|tskey-[a-z]{2,10}-[\w-]{16,80}|SG\.[\w-]{16,40}\.[\w-]{30,60}|A(?:KIA|SIA)[A-Z0-9]{16}|\d{8,10}:AA[\w-]{32,35})(?![\w-])/dgu,
  },
  // Discord: the bot's id, a time, and the signature of both.
  {
    what: 'token',
    pattern: /(?<![\w.-])(?:[MNO][\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,45}|mfa\.[\w-]{80,100})(?![\w-])/dgu,
  },
  // Whoever has the address of a webhook may post through it.
  {
    what: 'token',
    pattern: /\bdiscord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{15,22}\/(?<secret>[\w-]{40,120})/dgiu,
  },
  // An entry of .netrc, on one line or on several.
  {
    what: 'password',
    pattern: /\blogin[ \t]{1,3}\S{1,100}\s{1,8}password[ \t]{1,3}(?<secret>\S{1,300})/dgu,
  },
  // A line of .pgpass: host, port, database, user, password, with colons escaped.
  {
    what: 'password',
    pattern:
      /^[ \t]{0,8}(?:\\.|[^\s:\\]){1,255}:(?:\d{1,5}|\*):(?:\\.|[^\s:\\]){1,64}:(?<user>(?:\\.|[^\s:\\]){1,64}):(?<secret>(?:\\.|[^\s:\\]){1,300})[ \t]{0,8}$/dgmu,
    holds: (_, { user = '' }) => !/^\d+$/.test(user),
  },
  {
    what: 'password',
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}])(?:(?:recovery|seed|mnemonic)[ -]?(?:phrase|words)|pass[ -]?phrase)[ \\t]{0,3}(?:[:=]|\\bis\\b)[ \\t]{0,3}(?<secret>[^\\n]{4,300})`,
      'digu',
    ),
    holds: (secret) =>
      secret.trim().split(/\s+/).length <= 26 &&
      !tellsOfOne(secret) &&
      !/^(?:on|in|at|the|under|stored|written|kept|with)\b/i.test(secret),
  },
  {
    what: 'password',
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}])${keyword}["'\`]{0,2}[ \\t]{0,3}(?:[:=]|=>)[ \\t]{0,3}(?:"(?<quoted>[^"\\n]{1,300})"|'(?<single>[^'\\n]{1,300})'|\`(?<ticked>[^\`\\n]{1,300})\`|(?<secret>[^\\s"'\`,;]{3,300}))(?<after>[ \\t]{0,3}[^\\s.,;)]?)`,
      'digu',
    ),
    // A bare word that goes on is a sentence, such as "Password: see the safe", unless it looks like nothing but a secret.
    holds: (secret, { secret: bare, after = '' }) =>
      bare === undefined || after.trim() === '' || looksSecret(secret),
  },
  {
    what: 'password',
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${keyword}|pin)(?: [\\p{L}\\p{N}'’._-]{1,30}){0,5}?[ \\t]{1,3}(?:is|was|ist|lautet)(?: now| set to|:)?[ \\t]{1,3}(?:"(?<quoted>[^"\\n]{1,300})"|'(?<single>[^'\\n]{1,300})'|\`(?<ticked>[^\`\\n]{1,300})\`|(?<secret>[^\\s"'\`,;]{3,300}))`,
      'digu',
    ),
    holds: (secret, { secret: bare }) => bare === undefined || looksSecret(secret),
  },
  {
    what: 'PIN',
    pattern:
      /\b(?:pin|pin code|puk|tan|cvv|cvc)(?:[ \t]{0,3}[:=]|[ \t]{1,3}is)?[ \t]{0,3}(?<secret>\d{3,8})\b/dgiu,
  },
  {
    what: 'token',
    pattern: /(?<![\w/+=.:%-])(?<secret>[\w+/=-]{24,500})(?![\w/+=-])/dgu,
    holds: (secret, _, before) => looksRandom(secret) && !isPublic(secret, before),
  },
];

/** A few words about a secret, such as "Olga has it", and not the secret. */
function tellsOfOne(words: string): boolean {
  return (
    words.trim().split(/\s+/).length < 8 &&
    /\b(?:has|have|had|knows?|keeps?|them|it|is|are|was|asks?|see|same)\b/i.test(words)
  );
}

/** The public half of a pair of keys, as ssh and WireGuard write it, is nobody's secret. */
function isPublic(key: string, before: string): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (/^AAAA[A-Z]/.test(key) && /(?:ssh-|ecdsa-sha2-|@openssh\.com)[\w@.-]*[ \t]+$/.test(line)) return true;
  if (/private|preshared|secret/i.test(line)) return false;
  return /(?:public[ _-]?key|pub ?key|\bpeer)\b.{0,50}$/i.test(line);
}

/** The secrets that the patterns see, in the order of the text, without overlaps. */
export function secretsByPattern(text: string): Secret[] {
  const found: Secret[] = [];
  for (const { what, pattern, holds } of rules) {
    for (const match of text.matchAll(pattern)) {
      const groups = match.groups ?? {};
      const places = new Map<string, [number, number] | undefined>(
        Object.entries(match.indices?.groups ?? {}),
      );
      const named = ['quoted', 'single', 'ticked', 'secret'].map((group) => places.get(group));
      const place = named.find((found) => found !== undefined) ?? match.indices?.[0];
      if (place === undefined) continue;
      const [start, end] = place;
      if (
        holds?.(text.slice(start, end), groups, text.slice(Math.max(0, start - beforeChars), start)) !== false
      )
        found.push({ start, end, what });
    }
  }
  return withoutOverlaps(found);
}

/** The outer one of two secrets that overlap stays. */
export function withoutOverlaps(secrets: readonly Secret[]): Secret[] {
  const kept: Secret[] = [];
  for (const secret of [...secrets].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || secret.start >= last.end) kept.push({ ...secret });
    else last.end = Math.max(last.end, secret.end);
  }
  return kept;
}

/** A text with its secrets taken out: `[redacted password]` tells that there was one. */
export function takeOut(text: string, secrets: readonly Secret[]): string {
  let at = 0;
  let rest = '';
  for (const { start, end, what } of secrets) {
    rest += `${text.slice(at, start)}[redacted ${what}]`;
    at = end;
  }
  return rest + text.slice(at);
}

/** A text without the secrets that the patterns see. */
export function withoutSecrets(text: string): string {
  return takeOut(text, secretsByPattern(text));
}
