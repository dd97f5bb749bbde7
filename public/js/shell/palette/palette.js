import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../view.js';
import { closePalette } from '../keys.js';
import { foundEntries, isOfWords, listedEntries, ownEntries, wordEntries } from './entries.js';
import { matching } from './match.js';

/** @typedef {import('./match.js').Entry} Entry */

const shown = 40;
const settleMs = 120;
const fewestChars = 2;

/** @type {Readonly<Record<Entry['kind'], { word: string, tone: string }>>} */
const kinds = {
  panel: { word: 'go to', tone: 'cyan' },
  act: { word: 'do', tone: 'text' },
  conversation: { word: 'conversation', tone: 'soft' },
  task: { word: 'task', tone: 'soft' },
  memory: { word: 'memory', tone: 'purple' },
  entity: { word: 'entity', tone: 'purple' },
  setting: { word: 'setting', tone: 'soft' },
  host: { word: 'host', tone: 'soft' },
  goal: { word: 'goal', tone: 'soft' },
  rule: { word: 'rule', tone: 'soft' },
  sensor: { word: 'sensor', tone: 'soft' },
};

/**
 * A way to everything: one types some letters of it. The focus stays in the field; the arrows choose.
 * @param {{ opening: number }} props which opening of the palette it is
 */
export function Palette({ opening }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [listed, setListed] = useState(/** @type {readonly Entry[] | null} */ (null));
  const [found, setFound] = useState(/** @type {readonly Entry[] | null} */ ([]));
  const [isEntered, setIsEntered] = useState(false);
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const own = useMemo(ownEntries, []);
  const close = () => closePalette(opening);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    field.current?.focus();
    // One that is only taken out of the page would not give the focus back.
    return () => element?.close();
  }, []);
  useEffect(() => {
    let gone = false;
    void listedEntries().then((entries) => gone || setListed(entries));
    return () => void (gone = true);
  }, []);
  useEffect(() => {
    const words = text.trim();
    const isAsked = words.length >= fewestChars;
    setFound(isAsked ? null : []);
    if (!isAsked) return undefined;
    let gone = false;
    const timer = setTimeout(
      () => void foundEntries(words).then((entries) => gone || setFound(entries)),
      settleMs,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text]);

  const entries = useMemo(
    () => matching([...own, ...(listed ?? []), ...(found ?? []), ...wordEntries(text)], text, shown),
    [own, listed, found, text],
  );
  const chosen = Math.min(at, Math.max(0, entries.length - 1));
  useLayoutEffect(() => {
    dialog.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, entries]);

  const run = (/** @type {Entry | undefined} */ entry) => {
    if (entry === undefined) return;
    close();
    entry.run();
  };
  // Words are not sent to the agent while what they name may still be found.
  const mayBeFound = listed === null || found === null;
  const enter = () => (mayBeFound && isOfWords(entries[chosen]) ? setIsEntered(true) : run(entries[chosen]));
  useEffect(() => {
    if (isEntered && !mayBeFound) run(entries[chosen]);
  }, [isEntered, mayBeFound]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setAt((chosen + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter' && !event.isComposing) enter();
    else return;
    event.preventDefault();
  };
  return html`<dialog
    ref=${dialog}
    class="dialog palette"
    aria-label="Go to anything"
    onClose=${close}
    onClick=${(/** @type {MouseEvent} */ event) => event.target === dialog.current && close()}
  >
    <input
      ref=${field}
      type="text"
      class="palette-field"
      role="combobox"
      aria-label="Go to anything"
      aria-expanded="true"
      aria-controls="palette-list"
      aria-autocomplete="list"
      aria-activedescendant=${entries.length === 0 ? undefined : `palette-${chosen}`}
      placeholder="A panel, a task, a memory, a setting, or what to do"
      autocomplete="off"
      spellcheck="false"
      maxlength="500"
      value=${text}
      onInput=${(/** @type {any} */ event) => {
        setText(event.target.value);
        setAt(0);
        setIsEntered(false);
      }}
      onKeyDown=${onKeyDown}
    />
    <ul class="palette-list" id="palette-list" role="listbox" aria-label="What was found">
      ${entries.map(
        (entry, index) =>
          html`<li
            key=${entry.id}
            id=${`palette-${index}`}
            role="option"
            aria-selected=${String(index === chosen)}
            class="palette-row"
            onMouseMove=${() => setAt(index)}
            onClick=${() => run(entry)}
          >
            <span class=${`palette-kind state is-${kinds[entry.kind].tone}`}>${kinds[entry.kind].word}</span>
            <span class="one-line">${entry.label}</span>
            <span class="soft small one-line palette-says">${entry.says}</span>
          </li>`,
      )}
    </ul>
  </dialog>`;
}
