import { expect, it } from 'vitest';
import { describeInBrowser, useBrowser } from './browser.ts';
import { textTroubles } from './text-boxes.ts';

const browser = useBrowser();

/** A style that makes a text unreadable, and how that is told. */
const troubles = [
  ['width: 20px; overflow-wrap: anywhere', 'Telephone', 'squeezed'],
  ['width: 9px; overflow-wrap: anywhere', '12', 'broken'],
  ['width: 60px; overflow: hidden; white-space: nowrap', 'a sentence that goes on', 'cut'],
  [
    'width: 20px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis',
    'a sentence that goes on',
    'squeezed to its dots',
  ],
  ['width: max-content; white-space: nowrap', 'word '.repeat(400), 'past the edge'],
] as const;

describeInBrowser('where a text cannot be read', () => {
  it('is told as what it is, and nothing of a text that can', async () => {
    const { page } = await browser.openContext();
    const show = async (style: string, text: string) => {
      await page.setContent(`<main><p style="font: 16px monospace; ${style}">${text}</p></main>`);
      return (await textTroubles(page)).map((line) => line.split(':')[0]);
    };
    for (const [style, text, name] of troubles) expect(await show(style, text), name).toContain(name);
    expect(await show('width: max-content', 'word '.repeat(400))).toEqual([
      'too wide',
      'too wide',
      'past the edge',
    ]);
    expect(await show('width: 200px', 'a sentence that goes on over some lines, as sentences do')).toEqual(
      [],
    );
    expect(
      await show(
        'width: 80px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis',
        'cut with a mark of it',
      ),
    ).toEqual([]);
  });
});
