import { html } from '../../view.js';

/** @type {Readonly<Record<string, { glyph: string, word: string }>>} */
const faces = {
  cli: { glyph: '›_', word: 'in a terminal' },
  shell: { glyph: '›_', word: 'in a terminal' },
  discord: { glyph: '⌁', word: 'over Discord' },
};

/** Where a message came from, in words; null for this page, of which nothing need be said. @param {string} source */
export function faceOf(source) {
  const [name = ''] = source.split(':');
  if (name === 'dashboard') return null;
  return faces[name] ?? { glyph: '·', word: `by ${source}` };
}

/** @param {{ source: string }} props */
export function Face({ source }) {
  const face = faceOf(source);
  if (face === null) return null;
  return html`<span class="face" title=${face.word}
    ><span class="mono" aria-hidden="true">${face.glyph}</span><span class="unseen">${face.word}</span></span
  >`;
}
