import { connection } from '../link/connection.js';
import { useStore } from '../state/use-store.js';
import { colour } from './highlight.js';
import { markupOf } from './markup.js';
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../view.js';

/**
 * @typedef {(text: string) => string} ToHtml
 * @type {Promise<ToHtml> | undefined}
 */
let loading;
/** @type {ToHtml | undefined} */
let toHtml;

/**
 * Text that an agent wrote, as Markdown. It is cleaned by DOMPurify, whatever it says: no scripts, no styles, no
 * pictures, no forms; links open elsewhere and tell nobody where they were followed from. Until the library is there
 * the text stands as it is, and so does one that is too long or too odd to be turned.
 * @param {{ text: string }} props
 */
export function Markdown({ text }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [ready, setReady] = useState(toHtml !== undefined);
  const lives = useStore(connection, (state) => state.lives);
  useEffect(() => {
    if (ready) return;
    // A daemon that is away cannot send the library: the text stays as it stands, and each connect tries anew.
    loadMarkdown().then(
      () => setReady(true),
      () => undefined,
    );
  }, [lives]);
  const markup = useMemo(
    () => (ready && toHtml !== undefined ? markupOf(text, toHtml) : null),
    [ready, text],
  );
  useLayoutEffect(() => {
    if (box.current !== null) finish(box.current);
  }, [markup]);
  if (markup === null) return html`<div class="markdown is-plain">${text}</div>`;
  return html`<div class="markdown" ref=${box} dangerouslySetInnerHTML=${{ __html: markup }}></div>`;
}

/** Loads the libraries once; a failure may be tried again. */
export function loadMarkdown() {
  loading ??= load().catch((thrown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}

let tries = 0;

async function load() {
  // A browser may keep for good that a module could not be fetched, so each further try has an address of its own.
  const again = tries === 0 ? '' : `?try=${tries}`;
  tries += 1;
  const [{ Marked }, { default: purify }] = await Promise.all([
    importModule(`/vendor/marked.js${again}`),
    importModule(`/vendor/dompurify.js${again}`),
  ]);
  const marked = new Marked({
    gfm: true,
    breaks: true,
    // HTML in a text is part of the text; a picture would be fetched from elsewhere, so a link with its words stands for it.
    renderer: {
      html: ({ text }) => escaped(text),
      image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text === '' ? href : text)}</a>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
  purify.addHook('afterSanitizeAttributes', (/** @type {Element} */ node) => {
    if (node.tagName !== 'A') return;
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  });
  // The language of code, and no class else: a text must not look like a part of the page.
  purify.addHook('uponSanitizeAttribute', (/** @type {Element} */ node, /** @type {any} */ data) => {
    if (data.attrName === 'class')
      data.keepAttr = node.tagName === 'CODE' && /^language-[\w+#-]{1,20}$/.test(data.attrValue);
  });
  const cleaning = {
    ALLOWED_TAGS:
      'a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr ul'.split(
        ' ',
      ),
    ALLOWED_ATTR: ['href', 'title', 'start', 'align', 'class'],
    // The expression below would else judge these too.
    ADD_URI_SAFE_ATTR: ['align', 'start', 'class'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  };
  toHtml = (text) => purify.sanitize(/** @type {string} */ (marked.parse(text, { async: false })), cleaning);
  return toHtml;
}

/** @param {string} address @returns {Promise<any>} */
function importModule(address) {
  return import(address);
}

/** @param {string} text */
function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Up to so many characters a cell is one line. */
const shortCell = 24;

/** @param {HTMLElement} box */
function finish(box) {
  for (const table of box.querySelectorAll('table')) {
    table.tabIndex = 0; // it may scroll sideways
    for (const cell of table.querySelectorAll('td'))
      cell.classList.add((cell.textContent ?? '').length <= shortCell ? 'is-short' : 'is-long');
  }
  for (const pre of box.querySelectorAll('pre')) {
    if (pre.parentElement?.classList.contains('code')) continue;
    const frame = document.createElement('div');
    frame.className = 'code';
    pre.tabIndex = 0;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button copy';
    button.textContent = 'Copy';
    button.addEventListener('click', () => void copy(pre.textContent ?? '', button));
    pre.replaceWith(frame);
    frame.append(pre, button);
    const code = pre.querySelector('code');
    if (code === null) continue;
    colour(code);
    const language = /^language-(\S+)$/.exec(code.className)?.[1];
    if (language === undefined) continue;
    const label = document.createElement('span');
    label.className = 'code-language soft small';
    label.textContent = language;
    frame.append(label);
  }
}

/** @param {string} text @param {HTMLElement} button */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Select it by hand';
  }
  setTimeout(() => (button.textContent = 'Copy'), 2_000);
}

/**
 * Text as it stands, in a frame with a button that copies it.
 * @param {{ text: string, label: string }} props
 */
export function Code({ text, label }) {
  const onCopy = (/** @type {Event} */ event) =>
    void copy(text, /** @type {HTMLElement} */ (event.currentTarget));
  return html`<div class="code">
    <pre tabindex="0" aria-label=${label}>${text}</pre>
    <button type="button" class="button copy" onClick=${onCopy}>Copy</button>
  </div>`;
}
