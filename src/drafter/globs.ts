/**
 * A judge of paths by patterns as in .gitignore, whole paths from the top: `*` and `?` stay within a name, `**` crosses folders,
 * `{a,b}` is either. A pattern without a slash matches the name in any folder.
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (path) => expressions.some((expression) => expression.test(path));
}

const tokens = /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[^*?{]+|\{/g;

function expressionOf(pattern: string): RegExp {
  const anchored = pattern.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return new RegExp(`^${[...anchored.matchAll(tokens)].map(([token]) => partOf(token)).join('')}$`, 's');
}

function partOf(token: string): string {
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.startsWith('{') && token.endsWith('}'))
    return `(?:${token.slice(1, -1).split(',').map(escape).join('|')})`;
  return escape(token);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
