import { toast } from '../../components/toasts.js';
import { request } from '../../link/connection.js';

/**
 * The operations that change rules.
 * @typedef {'rule.add' | 'rule.edit' | 'rule.move' | 'rule.enable' | 'rule.remove' | 'rules.import' | 'rules.undo'} ChangeName
 */
/**
 * Makes a change. Resolves to null where it is made, else to the reason why not.
 * @typedef {(name: ChangeName, input: any) => Promise<string | null>} Change
 */
/**
 * What the owner is asked before a change is made.
 * @typedef {{ text: string, answer: (yes: boolean) => void }} Question
 */

/**
 * Changes of rules: each says what it did and offers to take it back; one that takes the owner's own words, or
 * everything, is asked about first.
 * @param {{ ask: (question: Question) => void, reload: () => void }} panel
 * @returns {Change}
 */
export function changing({ ask, reload }) {
  const undo = (/** @type {number} */ base) => void change('rules.undo', { base });

  /** @type {Change} */
  const change = async (name, input) => {
    try {
      const { version, summary, notes } = await request(name, input);
      if (version === null) toast('Nothing changes: the rules are like that already.', { tone: 'soft' });
      else if (name === 'rules.undo') toast(sentence(summary));
      else toast(sentence(summary), { action: { label: 'Undo', run: () => undo(version) } });
      for (const note of notes) toast(sentence(note), { tone: 'orange' });
      reload();
      return null;
    } catch (thrown) {
      const { code, message } = /** @type {{ code?: string, message: string }} */ (thrown);
      if (code !== 'CONFIRM') {
        reload();
        return message;
      }
      const yes = await new Promise((answer) => ask({ text: questionOf(message), answer }));
      return yes ? change(name, { ...input, sure: true }) : 'Nothing was changed.';
    }
  };
  return change;
}

/** The reason without what only a command line can do about it. @param {string} message */
function questionOf(message) {
  return sentence(message.replace(/: confirm it with .*$/, ''));
}

/** @param {string} text */
function sentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
