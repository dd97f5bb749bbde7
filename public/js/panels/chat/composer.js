import { Button } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { bindKey } from '../../shell/keys.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../view.js';
import { sendMessage } from './outbox.js';

const mostChars = 100_000;

/** @type {Map<string, string>} what was begun in each conversation and not sent */
const drafts = new Map();

/**
 * Where the owner writes. While a task of the conversation runs, a message can steer it or wait for its end.
 * @param {{ conversation: string, runningTaskId: number | null }} props
 */
export function Composer({ conversation, runningTaskId }) {
  const [text, setText] = useState(drafts.get(conversation) ?? '');
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));

  useEffect(() => setText(drafts.get(conversation) ?? ''), [conversation]);
  useEffect(() => bindKey('i', 'Write a message', () => field.current?.focus()), []);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, 240)}px`;
  }, [text]);

  const write = (/** @type {string} */ value) => {
    if (value === '') drafts.delete(conversation);
    else drafts.set(conversation, value);
    setText(value);
  };
  const send = () => {
    if (text.trim() === '') return;
    sendMessage(conversation, text.trim());
    write('');
  };
  const steer = async () => {
    if (text.trim() === '' || runningTaskId === null) return;
    const said = text.trim();
    write('');
    const answer = await act(
      'task.steer',
      { id: runningTaskId, text: said },
      { says: ({ message }) => message },
    );
    if (answer === undefined) write(said);
  };
  const submit = runningTaskId === null ? send : () => void steer();
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  };

  return html`<form
    class="composer"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      submit();
    }}
  >
    <label class="unseen" for="message">Message</label>
    <textarea
      id="message"
      ref=${field}
      rows="1"
      maxlength=${mostChars}
      placeholder=${runningTaskId === null ? 'Say something, or /help' : 'Steer the running task'}
      value=${text}
      onInput=${(/** @type {any} */ event) => write(event.target.value)}
      onKeyDown=${onKeyDown}
    ></textarea>
    <div class="actions">
      ${
        runningTaskId === null
          ? html`<${Button} kind="primary" type="submit" disabled=${text.trim() === ''}>Send<//>`
          : html`<${Button}
                onClick=${send}
                disabled=${text.trim() === ''}
                title="Waits until the running task has ended"
                >Send after it<//
              >
              <${Button} kind="primary" type="submit" disabled=${text.trim() === ''}>Steer<//>`
      }
    </div>
  </form>`;
}
