/** Quoted strings, quoted names, dollar quotes and comments, in which a semicolon ends nothing. */
const opaque = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\//y;
const opening = /'|"|\$(?:[A-Za-z_]\w*)?\$|\/\*/y;

/**
 * Splits typed SQL at the semicolons that end statements. `rest` is what is not finished yet.
 * Knows strings, quoted names, dollar quotes and comments; not nested comments and backslash escapes (`E'\''`).
 */
export function splitStatements(text: string): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length) {
    opaque.lastIndex = at;
    opening.lastIndex = at;
    if (opaque.test(text)) at = opaque.lastIndex;
    else if (opening.test(text)) break;
    else if (text[at] === ';') {
      const statement = text.slice(start, at).trim();
      if (statement !== '') statements.push(`${statement};`);
      at += 1;
      start = at;
    } else at += 1;
  }
  return { statements, rest: text.slice(start).trim() };
}
