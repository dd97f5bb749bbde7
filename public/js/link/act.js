import { toast } from '../components/toasts.js';
import { request } from './connection.js';

/**
 * @template {import('./connection.js').OperationName} Name
 * @typedef {object} ActOptions
 * @property {string | ((answer: import('./connection.js').Answers[Name]) => string)} [says] once it is done
 * @property {() => void} [undo] takes back what is shown already
 * @property {{ label: string, run: () => void }} [action] what can be done then
 */

/**
 * Does what the owner asked for and says what became of it. What is shown already is taken back by `undo` when the
 * daemon refuses.
 * @template {import('./connection.js').OperationName} Name
 * @param {Name} name @param {import('./connection.js').RequestOf<Name>} input
 * @param {ActOptions<Name>} [options]
 * @returns {Promise<import('./connection.js').Answers[Name] | undefined>} undefined when it was refused
 */
export async function act(name, input, { says, undo, action } = {}) {
  try {
    const answer = await request(name, input);
    const text = typeof says === 'function' ? says(answer) : says;
    if (text !== undefined) toast(text, action === undefined ? {} : { action });
    return answer;
  } catch (thrown) {
    undo?.();
    toast(thrown instanceof Error ? thrown.message : String(thrown), { tone: 'pink' });
    return undefined;
  }
}
