import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createAssets } from '../../../../src/faces/dashboard/http/assets.ts';
import { packagePath } from '../../../../src/lib/package-root.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

function publicFolder(files: Record<string, string>): string {
  const root = tempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

it('holds a file as it is and compressed, with a validator that follows its content', async () => {
  const root = publicFolder({ 'js/a.js': 'export const a = 1;' });
  const find = createAssets(root);
  const first = await find('/js/a.js');
  expect(first?.body.toString()).toBe('export const a = 1;');
  expect(brotliDecompressSync(first?.brotli ?? '').toString()).toBe('export const a = 1;');
  expect(await find('/js/a.js')).toBe(first);

  writeFileSync(join(root, 'js/a.js'), 'export const a = 22;');
  const second = await find('/js/a.js');
  expect(second?.body.toString()).toBe('export const a = 22;');
  expect(second?.etag).not.toBe(first?.etag);
});

it('makes a sheet anew when one that it imports has changed', async () => {
  const root = publicFolder({ 'css/all.css': `@import url('./a.css');`, 'css/a.css': 'a {}' });
  const find = createAssets(root);
  expect((await find('/css/all.css'))?.body.toString()).toBe('a {}');
  writeFileSync(join(root, 'css/a.css'), 'a { color: red }');
  expect((await find('/css/all.css'))?.body.toString()).toBe('a { color: red }');
});

it('knows its own files and the libraries, and nothing beside them', async () => {
  const root = publicFolder({ 'public/a.txt': 'inside', 'outside.txt': 'outside' });
  const find = createAssets(join(root, 'public'));
  expect((await find('/a.txt'))?.body.toString()).toBe('inside');
  expect((await find('/vendor/preact.js'))?.body.length).toBeGreaterThan(1_000);
  for (const address of ['/../outside.txt', '/%2e%2e/outside.txt', '/', '', '/vendor/../a.txt', '//a.txt'])
    expect(await find(address), address).toBeUndefined();
});

it('sends the dashboard with all modules of its first view named, each of them there', async () => {
  const find = createAssets(packagePath('public'));
  const page = (await find('/index.html'))?.body.toString() ?? '';
  const preloads = [...page.matchAll(/modulepreload" href="([^"]+)"/g)].map(([, address = '']) => address);
  expect(preloads).toEqual(
    expect.arrayContaining(['/js/view.js', '/vendor/preact.js', '/js/ninja/figure.js']),
  );
  expect(new Set(preloads).size).toBe(preloads.length);
  for (const address of preloads) expect(await find(address), address).toBeDefined();
  const sheet = (await find('/css/all.css'))?.body.toString() ?? '';
  expect(sheet).not.toContain('@import');
  expect(sheet).toContain('--');
});

it('names the command on each page as the daemon was started', async () => {
  const root = publicFolder({ 'index.html': '<!doctype html>\n<html lang="en"></html>' });
  const page = (command: string) => createAssets(root, command)('/index.html');
  expect((await page('npx ninjad'))?.body.toString()).toContain('<html data-command="npx ninjad" lang="en">');
});
