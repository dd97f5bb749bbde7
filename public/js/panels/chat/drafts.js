import { createStore } from '../../state/store.js';

/** What was begun in each conversation and not sent. */
export const drafts = createStore({ texts: /** @type {Readonly<Record<string, string>>} */ ({}) });

/** @param {string} conversation @param {string} text */
export function writeDraft(conversation, text) {
  drafts.set(({ texts }) => {
    const others = Object.entries(texts).filter(([name]) => name !== conversation);
    return { texts: Object.fromEntries(text === '' ? others : [...others, [conversation, text]]) };
  });
}
