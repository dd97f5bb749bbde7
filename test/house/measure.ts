import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import ts from 'typescript';
import { packagePath } from '../../src/lib/package-root.ts';

/** One import of a file of ours by another; paths are relative to the package. */
export interface Arrow {
  from: string;
  to: string;
  /** Only types cross, so nothing is loaded. */
  isType: boolean;
}

const tops = ['src', 'actors', 'machines'];

/** A figure of the house: each instance of it, and the bound that a test holds. */
export interface Figure {
  found: string[];
  atMost: number;
}

/** Every figure that a test holds. */
export function figures(): Record<string, Figure> {
  const arrows = readArrows();
  const knot = largestKnot(arrows);
  return {
    'pairs of rooms that import each other by value': { found: mutualPairs(arrows), atMost: 1 },
    'rooms in the largest knot of imports by value': { found: knot, atMost: 3 },
    'imports of actors by machines, types too': {
      found: arrows
        .filter(({ from, to }) => from.startsWith('machines/') && to.startsWith('actors/'))
        .map(({ from, to }) => `${from} → ${to}`),
      atMost: 0,
    },
    'files that speak of notices outside of their own': { found: filesThatSayNotice(), atMost: 13 },
  };
}

/**
 * Files with the word outside of the folders and files that are named after it. A concern that tells the owner something calls
 * on `notices/rows.ts` or `notices/unseen.ts` from a file of its own: that is what the concern is for, and no plumbing.
 */
function filesThatSayNotice(): string[] {
  return sourceFiles([...tops, 'public', 'sql']).filter((path) => {
    const text = textOf(path);
    const tells = /\/notices\/(?:rows|unseen)\.ts'/.test(text);
    return !/(?:^|[/_])notices?[/._]/.test(path) && /notice/i.test(text) && !tells;
  });
}

/** All imports among the production files. */
export function readArrows(): Arrow[] {
  return sourceFiles(tops).flatMap(arrowsOf);
}

/** The files below these folders that git knows of or does not ignore. */
export function sourceFiles(folders: readonly string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
    cwd: packagePath(),
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => /\.(ts|js|css|sql)$/.test(path) && existsSync(packagePath(path)));
}

function arrowsOf(from: string): Arrow[] {
  if (!from.endsWith('.ts')) return [];
  const source = ts.createSourceFile(from, textOf(from), ts.ScriptTarget.Latest);
  const arrows: Arrow[] = [];
  const add = (specifier: ts.Expression | undefined, isType: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return;
    arrows.push({ from, to: posix.join(posix.dirname(from), specifier.text), isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return arrows;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** The text of a file of the package. */
export function textOf(path: string): string {
  return readFileSync(packagePath(path), 'utf8');
}

/**
 * The room of a file: a folder of `src`, of `src/lib`, or a whole top folder. Files that stand loose in `src` are the roof,
 * those in `src/lib` the room `lib`.
 */
export function roomOf(path: string): string {
  const [top = '', second = '', third = ''] = dirname(path).split('/');
  if (top !== 'src') return top;
  if (second === '') return 'roof';
  if (second !== 'lib') return second;
  return third === '' ? 'lib' : `lib/${third}`;
}

/** Pairs of rooms below `src` that import each other by value, as `a ↔ b`. */
export function mutualPairs(arrows: readonly Arrow[]): string[] {
  const graph = roomGraph(arrows);
  return [...graph].flatMap(([room, others]) =>
    [...others]
      .filter((other) => room < other && graph.get(other)?.has(room) === true)
      .map((other) => `${room} ↔ ${other}`),
  );
}

/** The largest set of rooms below `src` in which each reaches every other by imports of values. */
export function largestKnot(arrows: readonly Arrow[]): string[] {
  const graph = roomGraph(arrows);
  const reach = new Map([...graph.keys()].map((room) => [room, reachable(graph, room)]));
  const knots = [...graph.keys()].map((room) =>
    [...graph.keys()].filter(
      (other) =>
        other === room || (reach.get(room)?.has(other) === true && reach.get(other)?.has(room) === true),
    ),
  );
  return knots.reduce((widest, knot) => (knot.length > widest.length ? knot : widest), []);
}

function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
  const seen = new Set<string>();
  const stack = [start];
  for (let room = stack.pop(); room !== undefined; room = stack.pop())
    for (const next of graph.get(room) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(next);
    }
  return seen;
}

/** Which room imports which by value; the roof stands over all and is no room. */
function roomGraph(arrows: readonly Arrow[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { from, to, isType } of arrows) {
    if (isType || !from.startsWith('src/') || !to.startsWith('src/')) continue;
    const [here, there] = [roomOf(from), roomOf(to)];
    if (here === 'roof' || there === 'roof' || here === there) continue;
    for (const room of [here, there]) if (!graph.has(room)) graph.set(room, new Set());
    graph.get(here)?.add(there);
  }
  return graph;
}
