import { Button } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { html } from '../../view.js';

/** True for a task from which no word comes, by what it says it is doing. @param {string | null | undefined} progress */
export function isQuiet(progress) {
  return progress?.startsWith('no word from the model') === true;
}

/** Ends the run of a task and has it tried anew. @param {{ taskId: number }} props */
export function AskAgain({ taskId }) {
  const again = () => void act('task.again', { id: taskId }, { says: ({ message }) => message });
  return html`<${Button} kind="quiet" onClick=${again}>Ask again<//>`;
}
