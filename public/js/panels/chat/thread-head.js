import { Button } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { Icon } from '../../shell/icon.js';
import { go } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useRef, useState } from '../../view.js';
import { Face } from './face.js';

const pencil = 'M3 13l.7-3L11 2.7a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L6 12.3z';
const pin = 'M8 10v4M5 10h6l-1-3V3.5h1v-1H5v1h1V7z';
const bin = 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9';

/**
 * The name of a conversation and what can be done to it.
 * @param {{ conversation: string, talk: import('./chat.js').Talk | undefined, title: string }} props
 */
export function ThreadHead({ conversation, talk, title }) {
  const [isNaming, setNaming] = useState(false);
  const [named, setNamed] = useState(/** @type {string | null} */ (null));
  useEffect(() => setNamed(null), [title]);
  const rename = (/** @type {string} */ next) => {
    setNaming(false);
    if (next === '' || next === title) return;
    setNamed(next);
    void act('chat.rename', { conversation, title: next }, { undo: () => setNamed(null) });
  };
  const [wanted, setWanted] = useState(/** @type {boolean | null} */ (null));
  useEffect(() => setWanted(null), [talk?.pinned]);
  const pinned = wanted ?? talk?.pinned ?? false;
  const keepAtTop = () => {
    setWanted(!pinned);
    void act('chat.pin', { conversation, pinned: !pinned }, { undo: () => setWanted(null) });
  };
  const restore = () => void act('chat.restore', { conversation }).then(() => go('chat', [conversation]));
  const remove = async () => {
    go('chat');
    await act(
      'chat.delete',
      { conversation },
      { says: 'The conversation is deleted.', action: { label: 'Undo', run: restore } },
    );
  };
  return html`<div class="thread-head">
    <a class="button button-quiet thread-back" href=${addressOf('chat')}>Back</a>
    ${
      isNaming
        ? html`<${NameField} title=${named ?? title} onDone=${rename} onLeave=${() => setNaming(false)} />`
        : html`<h2 class="one-line">${named ?? title}</h2>
            ${talk === undefined ? null : html`<${Face} source=${talk.source} />`}`
    }
    ${
      talk === undefined
        ? null
        : html`<div class="thread-acts">
            <${Button} kind="quiet" label="Rename" title="Rename" onClick=${() => setNaming(true)}
              ><${Icon} path=${pencil}
            /><//>
            <${Button}
              kind="quiet"
              label="Pin"
              title=${pinned ? 'Take it from the top' : 'Keep it at the top'}
              pressed=${pinned}
              onClick=${keepAtTop}
              ><${Icon} path=${pin}
            /><//>
            <${Button} kind="quiet" label="Delete" title="Delete" onClick=${() => void remove()}
              ><${Icon} path=${bin}
            /><//>
          </div>`
    }
  </div>`;
}

/** @param {{ title: string, onDone: (title: string) => void, onLeave: () => void }} props */
function NameField({ title, onDone, onLeave }) {
  const [text, setText] = useState(title);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.select(), []);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter') onDone(text.trim());
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<input
    ref=${field}
    type="text"
    class="grow"
    aria-label="Name of the conversation"
    maxlength="120"
    value=${text}
    onInput=${(/** @type {any} */ event) => setText(event.target.value)}
    onKeyDown=${onKeyDown}
    onBlur=${() => onDone(text.trim())}
  />`;
}
