import { describe, expect, it } from 'vitest';
import { withImports, withPreloads } from '../../../../src/faces/dashboard/http/page-source.ts';

const reader = (sources: Record<string, string>) => (address: string) => Promise.resolve(sources[address]);

describe('withPreloads', () => {
  const link = (address: string) => `<link rel="modulepreload" href="${address}" />`;

  it('names what a module imports, directly and through others, each once and right behind it', async () => {
    const read = reader({
      '/js/a.js': `import { b } from './b.js'; export * from '/vendor/c.js';`,
      '/js/b.js': `import '../d.js'; import './a.js';`,
      '/vendor/c.js': `export const c = 1;`,
      '/d.js': `// import './comment.js';\nexport const text = "import './text.js'";`,
      '/e.js': `import './d.js'; import './f.js';`,
      '/f.js': '',
    });
    const page = await withPreloads(`<head>${link('/js/a.js')}|${link('/e.js')}</head>`, read);
    expect(page.replaceAll(/\n\s*/g, '')).toBe(
      `<head>${['/js/a.js', '/js/b.js', '/vendor/c.js', '/d.js'].map(link).join('')}|${['/e.js', '/f.js'].map(link).join('')}</head>`,
    );
  });

  it('leaves out what is imported later, and what is not there', async () => {
    const read = reader({ '/a.js': `import './gone.js'; export const later = () => import('./later.js');` });
    const page = await withPreloads(link('/a.js'), read);
    expect(page).toContain(link('/gone.js'));
    expect(page).not.toContain('later.js');
  });

  it('leaves a page without modules as it is', async () => {
    expect(await withPreloads('<p>no module</p>', reader({}))).toBe('<p>no module</p>');
  });
});

describe('withImports', () => {
  it('puts each sheet where it is imported, from its own folder, and keeps the order', async () => {
    const read = reader({
      '/css/base.css': 'base {}',
      '/css/panels/all.css': `@import url('./now.css');`,
      '/css/panels/now.css': 'now {}',
    });
    const sheet = `/* all */\n@import url('./base.css');\n@import url('/css/panels/all.css');\nlast {}`;
    expect(await withImports('/css/all.css', sheet, read)).toBe('/* all */\nbase {}\nnow {}\nlast {}');
  });

  it('says which import leads nowhere', async () => {
    await expect(withImports('/css/all.css', `@import url('./gone.css');`, reader({}))).rejects.toThrow(
      '/css/all.css imports /css/gone.css, which is not there',
    );
  });
});
