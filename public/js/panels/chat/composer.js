import { Button } from '../../components/basics.js';
import { toast } from '../../components/toasts.js';
import { useResource } from '../../link/use-resource.js';
import { Icon } from '../../shell/icon.js';
import { bindKey } from '../../shell/keys.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../view.js';
import { askedBefore, noteAsked } from './asked.js';
import { attach, mostFiles } from './attach.js';
import { Attachments } from './attachments.js';
import { drafts, writeDraft } from './drafts.js';
import { sendMessage } from './outbox.js';
import { chosenCommand, commandsFor } from './slash.js';
import { stop } from './turn.js';

/** @typedef {import('./attach.js').Attachment} Attachment */

const mostChars = 100_000;
const clip = 'M13 7.5l-5 5a3 3 0 0 1-4.2-4.2l5.5-5.5a2 2 0 0 1 2.8 2.8l-5.3 5.3a1 1 0 0 1-1.4-1.4l4.6-4.6';

/**
 * Where the owner writes. A message is handed to the conversation's running task, if it has one and hears, and else comes next.
 * @param {{ conversation: string, running: import('./thread.js').ChatTurn | null, onSent: () => void }} props `running`: the reply
 *   that is written now
 */
export function Composer({ conversation, running, onSent }) {
  const text = useStore(drafts, ({ texts }) => texts[conversation] ?? '');
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [files, setFiles] = useState(/** @type {readonly Attachment[]} */ ([]));
  const [back, setBack] = useState(-1);
  const [chosen, setChosen] = useState(0);
  const commands = useResource('chat.commands', {});
  const offered = commandsFor(text, commands.data ?? []);
  const isSending = files.some(({ state }) => state === 'sending');
  const there = files.filter(({ state }) => state === 'there');
  const maySend = !isSending && (text.trim() !== '' || there.length > 0);

  useEffect(() => {
    setFiles([]);
    setBack(-1);
    // On a phone the focus would push half of the conversation off the screen.
    if (matchMedia('(min-width: 900px) and (hover: hover)').matches) field.current?.focus();
  }, [conversation]);
  useEffect(() => bindKey('i', 'Write a message', () => field.current?.focus()), []);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 240)}px`;
  }, [text]);

  const write = (/** @type {string} */ value) => {
    writeDraft(conversation, value);
    setChosen(0);
  };
  const add = (/** @type {Iterable<File>} */ added) => {
    const list = [...added];
    if (files.length + list.length > mostFiles)
      toast(`At most ${mostFiles} files go with a message.`, { tone: 'orange' });
    for (const file of list.slice(0, mostFiles - files.length))
      void attach(file, (attachment) =>
        setFiles((before) =>
          before.some(({ upload }) => upload === attachment.upload)
            ? before.map((each) => (each.upload === attachment.upload ? attachment : each))
            : [...before, attachment],
        ),
      );
  };
  const send = () => {
    if (!maySend) return;
    const words = text.trim();
    sendMessage(
      conversation,
      words,
      there.map(({ upload, name }) => ({ upload, name })),
    );
    noteAsked(words);
    write('');
    setFiles([]);
    setBack(-1);
    onSent();
  };
  /** Through what was asked before; -1 is what is written now. @param {number} step */
  const leaf = (step) => {
    const asked = askedBefore();
    const next = Math.max(-1, Math.min(asked.length - 1, back + step));
    if (next === back) return false;
    setBack(next);
    write(next === -1 ? '' : (asked[next] ?? ''));
    return true;
  };
  const choose = (/** @type {number} */ index) => {
    const command = offered[index];
    if (command !== undefined) write(chosenCommand(command.usage));
    field.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const isPlain = text === '' || back !== -1;
    if (event.key === 'Escape' && offered.length === 0 && text === '' && running?.taskId != null)
      stop(running.taskId);
    else if (offered.length > 0 && step !== 0) setChosen((chosen + step + offered.length) % offered.length);
    else if (offered.length > 0 && event.key === 'Tab' && !event.shiftKey) choose(chosen);
    else if (offered.length > 0 && event.key === 'Enter' && offered[chosen]?.usage.split(' ')[0] !== text)
      choose(chosen);
    else if (step !== 0 && isPlain && leaf(-step)) void 0;
    else if (event.key === 'Enter' && !event.shiftKey) send();
    else return;
    event.preventDefault();
  };
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    const pasted = event.clipboardData?.files;
    if (pasted === undefined || pasted.length === 0) return;
    event.preventDefault();
    add(pasted);
  };
  const onDrop = (/** @type {DragEvent} */ event) => {
    if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  };

  return html`<form
    class="composer"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    }}
    onDragOver=${(/** @type {Event} */ event) => event.preventDefault()}
    onDrop=${onDrop}
  >
    ${
      offered.length === 0
        ? null
        : html`<ul class="slash" id="slash" role="listbox" aria-label="Commands">
            ${offered.map(
              ({ usage, does }, index) =>
                html`<li
                  key=${usage}
                  id=${`slash-${index}`}
                  role="option"
                  aria-selected=${String(index === chosen)}
                  onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}
                  onClick=${() => choose(index)}
                >
                  <code>${usage}</code><span class="soft one-line">${does}</span>
                </li>`,
            )}
          </ul>`
    }
    <${Attachments}
      files=${files}
      onRemove=${(/** @type {string} */ upload) => setFiles((before) => before.filter((file) => file.upload !== upload))}
    />
    <div class="composer-row">
      <label class="unseen" for="message">Message</label>
      <input
        ref=${picker}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange=${(/** @type {any} */ event) => {
          add(event.target.files);
          event.target.value = '';
        }}
      />
      <textarea
        id="message"
        ref=${field}
        rows="1"
        maxlength=${mostChars}
        placeholder=${invitation(running)}
        aria-controls=${offered.length === 0 ? undefined : 'slash'}
        value=${text}
        onInput=${(/** @type {any} */ event) => {
          setBack(-1);
          write(event.target.value);
        }}
        onKeyDown=${onKeyDown}
        onPaste=${onPaste}
      ></textarea>
      <${Button}
        kind="quiet"
        label="Attach files"
        title="Attach files"
        onClick=${() => picker.current?.click()}
        ><${Icon} path=${clip}
      /><//>
      <${Button} kind="primary" type="submit" disabled=${!maySend}>Send<//>
    </div>
  </form>`;
}

/** What becomes of a message that is sent now. @param {import('./thread.js').ChatTurn | null} running */
function invitation(running) {
  if (running === null) return 'Ask, or / for commands';
  if (running.hears === null) return 'It hears this once it is there, or answers it next';
  return running.hears ? 'It hears this while it works' : 'It hears nothing while it works: this comes next';
}
