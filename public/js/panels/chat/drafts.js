import { createStore } from '../../state/store.js';

/** What was begun in each conversation and not sent. */
export const drafts = createStore({ texts: /** @type {Readonly<Record<string, string>>} */ ({}) });

/** @param {string} conversation @param {string} text */
export function writeDraft(conversation, text) {
  drafts.set(({ texts }) => {
    const { [conversation]: _, ...others } = texts;
    return { texts: text === '' ? others : { ...others, [conversation]: text } };
  });
}
