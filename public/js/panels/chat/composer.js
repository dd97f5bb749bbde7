import { Button } from '../../components/basics.js';
import { bindKey } from '../../shell/keys.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../view.js';
import { sendMessage } from './outbox.js';

const mostChars = 100_000;

/** @type {Map<string, string>} what was begun in each conversation and not sent */
const drafts = new Map();

/**
 * Where the owner writes. A message is handed to the conversation's running task, if it has one.
 * @param {{ conversation: string, isRunning: boolean, takesFocus: boolean, onSent: () => void }} props `takesFocus`: the
 *   owner has chosen this conversation, so that what they type next is for it
 */
export function Composer({ conversation, isRunning, takesFocus, onSent }) {
  const [text, setText] = useState(drafts.get(conversation) ?? '');
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));

  useEffect(() => setText(drafts.get(conversation) ?? ''), [conversation]);
  useEffect(() => {
    // On a phone the focus would push half of the conversation off the screen.
    if (takesFocus && matchMedia('(min-width: 900px) and (hover: hover)').matches) field.current?.focus();
  }, [conversation, takesFocus]);
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
    onSent();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return html`<form
    class="composer"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    }}
  >
    <label class="unseen" for="message">Message</label>
    <textarea
      id="message"
      ref=${field}
      rows="1"
      maxlength=${mostChars}
      placeholder=${isRunning ? 'It hears this while it works' : 'Say something, or /help'}
      value=${text}
      onInput=${(/** @type {any} */ event) => write(event.target.value)}
      onKeyDown=${onKeyDown}
    ></textarea>
    <div class="actions">
      <${Button} kind="primary" type="submit" disabled=${text.trim() === ''}>
        ${isRunning ? 'Steer' : 'Send'}
      <//>
    </div>
  </form>`;
}
