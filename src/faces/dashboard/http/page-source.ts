import { init, parse } from 'es-module-lexer';

/** Reads what stands at an address such as `/js/app.js`, or resolves to undefined where nothing does. */
export type ReadSource = (address: string) => Promise<string | undefined>;

/**
 * A page with a `modulepreload` for every module that those it names import statically: the browser asks for all of them
 * at once, where it would else learn of each level only when the one above has come.
 */
export async function withPreloads(page: string, read: ReadSource): Promise<string> {
  await init;
  const named = [...page.matchAll(preload)].map(([, address = '']) => address);
  const known = new Set(named);
  const linked = await Promise.all(named.map((address) => importedBelow(address, read)));
  return linked.reduce((text, below, index) => {
    const added = below.filter((address) => !known.has(address));
    for (const address of added) known.add(address);
    return text.replace(linkTo(named[index]), [named[index], ...added].map(linkTo).join('\n    '));
  }, page);
}

/** A stylesheet with what its `@import url('…')` lines name in their place: one answer instead of one for each. */
export async function withImports(address: string, sheet: string, read: ReadSource): Promise<string> {
  const parts = sheet.split(cssImport);
  const texts = await Promise.all(
    parts.map(async (part, index) => {
      if (index % 2 === 0) return part;
      const target = resolve(part, address);
      const text = await read(target);
      if (text === undefined) throw new Error(`${address} imports ${target}, which is not there`);
      return withImports(target, text, read);
    }),
  );
  return texts.join('');
}

const preload = /<link rel="modulepreload" href="([^"]+)" \/>/g;
const cssImport = /^@import url\('([^']+)'\);$/m;

function linkTo(address: string | undefined): string {
  return `<link rel="modulepreload" href="${address}" />`;
}

/** All that a module imports statically, directly or through another, each once, the nearest first. */
async function importedBelow(module: string, read: ReadSource): Promise<string[]> {
  const known = new Set([module]);
  let level = [module];
  while (level.length > 0) {
    const found = await Promise.all(level.map(async (address) => importsOf(address, await read(address))));
    level = [...new Set(found.flat())].filter((address) => !known.has(address));
    for (const address of level) known.add(address);
  }
  return [...known].slice(1);
}

function importsOf(address: string, source: string | undefined): string[] {
  if (source === undefined) return [];
  const [imports] = parse(source, address);
  // `d` is -1 for an import that is a statement; a dynamic one is made to come later.
  return imports.flatMap(({ d, n }) => (d === -1 && n !== undefined ? [resolve(n, address)] : []));
}

function resolve(reference: string, from: string): string {
  return new URL(reference, new URL(from, 'http://page')).pathname;
}
