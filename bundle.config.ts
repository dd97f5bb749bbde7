import { build, type BuildOptions, type Plugin } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/*
 * Makes `dist` of the sources: `node --import tsx bundle.config.ts`. A daemon is 1,100 modules of ours and 500 of the packages
 * below; to find, open and compile each of them by itself took a third of a start.
 */

const root = import.meta.dirname;
const out = join(root, 'dist');
const rooms = ['src', 'actors', 'machines'] as const;
/** What a build has made before; the model and the manual page in `dist` are others'. */
const made = [...rooms, 'chunks'] as const;

/**
 * Packages that become a part of the bundle: many files at each start, plain JavaScript, none that look for files of their own
 * or are loaded a second time by another package. Express and pg were tried: with them a start takes as long.
 */
const inlined = new Set(['chrono-node', 'commander', 'croner', 'execa', 'prom-client', 'xstate', 'zod']);

function sourcesOf(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name));
}

/**
 * Sources with a file of their own in `dist`: the program, and whatever another one names by a path without importing it at
 * once. Those are started as processes and threads, or loaded later, when an upgrade may have exchanged all other files.
 */
function entries(): string[] {
  const named = rooms.flatMap(sourcesOf).flatMap((source) => {
    const code = readFileSync(join(root, source), 'utf8').replace(/^ *(?:\*|\/\/).*$/gm, '');
    return [...code.matchAll(/(?<!\bfrom |\bimport )'(\.{1,2}\/[^']+\.ts)'/g)].map(([, path = '']) =>
      join(dirname(source), path),
    );
  });
  // The last for its test, which looks at a thread as it is built.
  return [...new Set(['src/main.ts', 'src/package-command.ts', ...named, 'actors/graph/reader.ts'])].sort();
}

function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

const packages: Plugin = {
  name: 'packages',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) =>
      kind === 'entry-point' || inlined.has(packageOf(path)) || importer.includes('/node_modules/')
        ? undefined
        : { path, external: true },
    );
  },
};

/** Lets a module look for what lies beside its own source, wherever in `dist` it stands now. */
const places: Plugin = {
  name: 'places',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = relative(root, path);
      if (source.startsWith('node_modules')) return undefined;
      const code = readFileSync(path, 'utf8');
      if (/import\.meta\.(?:dirname|filename)/.test(code))
        throw new Error(`${source}: expected import.meta.url, got a path, which is that of the bundle`);
      if (/(?<!dirname\(|above \$\{)fileURLToPath\(import\.meta\.url\)/.test(code))
        throw new Error(
          `${source}: expected the path of an entry, got its own, where the bundle has no file`,
        );
      const own = JSON.stringify(`/dist/${source.replace(/\.ts$/, '.js')}`);
      const url = `(import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/')) + ${own})`;
      return { loader: 'ts', contents: code.replaceAll('import.meta.url', url) };
    });
  },
};

const options = {
  entryPoints: entries(),
  absWorkingDir: root,
  outdir: 'dist',
  outbase: '.',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: 'warning',
  // Packages in the older form ask for Node's modules by it.
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
  plugins: [packages, places],
} satisfies BuildOptions;

/** The licences of the packages that are in the bundle, which their copies have to come with. */
function licences(inputs: readonly string[]): string {
  const folders = inputs.flatMap((input) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      ) as Record<'name' | 'version' | 'license', string>;
      const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
      const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join('\n---\n\n');
}

/** Writes what differs alone: daemons that run on this `dist` load more of it while they work. */
function write(path: string, content: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: path === join(out, 'src', 'main.js') ? 0o755 : 0o644 });
}

const { outputFiles, metafile } = await build(options);
for (const { path, contents } of outputFiles) write(path, contents);
write(join(out, 'licences.txt'), Buffer.from(licences(Object.keys(metafile.inputs))));
const kept = new Set(outputFiles.map(({ path }) => path));
for (const folder of made.filter((each) => existsSync(join(out, each))))
  for (const entry of readdirSync(join(out, folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(path)) rmSync(path);
  }
