import { type Headers } from './headers.ts';

/** What the owner's mail server found out about who sent a mail. */
export interface AuthVerdicts {
  /** The server that says so. */
  server: string;
  spf: string | null;
  dkim: string | null;
  dmarc: string | null;
}

const maxChars = 4_000;
const methods = ['spf', 'dkim', 'dmarc'] as const;
const verdict = /^(?:pass|fail|softfail|neutral|none|temperror|permerror|policy|hardfail)$/;

/**
 * The verdicts of the topmost Authentication-Results, which the last server has put on top; with `authServer` the topmost of
 * that server only. A sender can write such fields too, but only below. Null where there is none.
 */
export function authOf(headers: Headers, authServer: string | null): AuthVerdicts | null {
  for (const field of headers.get('authentication-results') ?? []) {
    const [first = '', ...results] = withoutComments(field.slice(0, maxChars)).split(';');
    const server = first.trim().split(/\s+/, 1)[0]?.toLowerCase() ?? '';
    if (authServer !== null && server !== authServer.toLowerCase()) continue;
    const found: AuthVerdicts = { server: server.slice(0, 200), spf: null, dkim: null, dmarc: null };
    for (const result of results) {
      const [, method = '', word = ''] = /^\s*([a-z]+)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(result) ?? [];
      const known = methods.find((name) => name === method.toLowerCase());
      // Of several signatures one that passes is enough.
      if (known !== undefined && verdict.test(word.toLowerCase()) && found[known] !== 'pass')
        found[known] = word.toLowerCase();
    }
    return found;
  }
  return null;
}

function withoutComments(field: string): string {
  let depth = 0;
  let plain = '';
  for (const character of field) {
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) plain += character;
  }
  return plain;
}
