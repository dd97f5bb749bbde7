import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Languages that code in replies is coloured in. */
const codeLanguages =
  'bash c cpp css diff dockerfile go ini java javascript json lua makefile markdown nginx php python ruby rust shell sql typescript xml yaml'.split(
    ' ',
  );

/**
 * The libraries that a page may load, by the name below `/vendor/`: a package and a file of it. Each is one standalone ES
 * module (or stylesheet): a bare import inside could not be resolved without an import map, which the CSP forbids.
 */
const libraries: Readonly<Record<string, readonly [packageName: string, file: string]>> = {
  'preact.js': ['htm', 'preact/standalone.module.js'],
  'socket.io.js': ['socket.io', 'client-dist/socket.io.esm.min.js'],
  'uplot.js': ['uplot', 'dist/uPlot.esm.js'],
  'uplot.css': ['uplot', 'dist/uPlot.min.css'],
  'marked.js': ['marked', 'lib/marked.esm.js'],
  'dompurify.js': ['dompurify', 'dist/purify.es.mjs'],
  'dagre.js': ['@dagrejs/dagre', 'dist/dagre.esm.js'],
  'force-graph.js': ['force-graph', 'dist/force-graph.min.js'],
  'diff2html.js': ['diff2html', 'bundles/js/diff2html.min.js'],
  'diff2html.css': ['diff2html', 'bundles/css/diff2html.min.css'],
  'highlight.js': ['highlight.js', 'lib/core.js'],
  ...Object.fromEntries(
    codeLanguages.map((name) => [
      `highlight-${name}.js`,
      ['highlight.js', `es/languages/${name}.js`] as const,
    ]),
  ),
};

/** Those that are CommonJS: the page gets them as a module. */
const commonJs: ReadonlySet<string> = new Set(['highlight.js']);

/** A library as the standalone module that a page can load. */
export function asModule(name: string, source: string): string {
  return commonJs.has(name)
    ? `const module = { exports: {} };\n${source}\nexport default module.exports;\n`
    : source;
}

/** The absolute path of a library by its name below `/vendor/`, or undefined where it is not on the list. */
export function vendorPath(name: string): string | undefined {
  const entry = Object.hasOwn(libraries, name) ? libraries[name] : undefined;
  return entry === undefined ? undefined : join(packageDir(entry[0]), entry[1]);
}

/** The names of all libraries. */
export function vendorNames(): string[] {
  return Object.keys(libraries);
}

/** The folder of an installed package, wherever npm has put it: its entry is resolved as any import, then upwards. */
function packageDir(name: string): string {
  let dir = dirname(fileURLToPath(import.meta.resolve(name)));
  while (nameIn(dir) !== name) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`the package ${name} has no package.json above its entry`);
    dir = parent;
  }
  return dir;
}

/** Packages put a second package.json into a folder, which may have another name or none. */
function nameIn(dir: string): unknown {
  const manifest = join(dir, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}
