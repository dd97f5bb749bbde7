import { Button } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { html } from '../../view.js';

/** True for a task that waits for the owner, by what it says. @param {string | null | undefined} progress */
export function isInDoubt(progress) {
  return progress?.startsWith('in doubt:') === true;
}

/** The owner's choice about a task of which a deed may have been done. @param {{ taskId: number }} props */
export function Doubt({ taskId }) {
  const decide = (/** @type {'task.goOn' | 'task.leave'} */ name) =>
    void act(name, { id: taskId }, { says: ({ message }) => message });
  return html`<${Button} kind="primary" onClick=${() => decide('task.goOn')}>Go on<//>
    <${Button} kind="quiet" onClick=${() => decide('task.leave')}>Leave it<//>`;
}
