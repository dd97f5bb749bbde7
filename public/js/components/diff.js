import { html, useEffect, useState } from '../view.js';
import { Button, Loading, Problem } from './basics.js';
import { loadScript } from './load-script.js';
import { Code } from './markdown.js';

const openFiles = 12;
const mostLines = 3_000;

/**
 * A unified diff, file by file. The library reads it; what it says is put into the page as text.
 * @typedef {object} Review comments on lines of the drafted files
 * @property {readonly { id: number, file: string, line: number | null, text: string, answeredBy: number | null }[]} comments
 * @property {((file: string, line: number | null, text: string) => Promise<boolean>) | null} onComment null: it is over
 * @property {(id: number) => void} onRemove
 *
 * @param {{ patch: string, review?: Review }} props
 */
export function Diff({ patch, review }) {
  const [files, setFiles] = useState(/** @type {readonly any[] | null} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    let gone = false;
    loadScript('/vendor/diff2html.js', 'Diff2Html')
      .then((library) => {
        if (!gone) setFiles(library.parse(patch));
      })
      .catch((thrown) => {
        if (!gone) setError(thrown);
      });
    return () => {
      gone = true;
    };
  }, [patch]);
  if (error !== null) return html`<${Problem} problem=${error} /><${Code} text=${patch} label="Patch" />`;
  if (files === null) return html`<${Loading} />`;
  if (files.length === 0) return html`<${Code} text=${patch} label="Patch" />`;
  return html`<div class="diff">
    ${files.map((file, index) => html`<${File} key=${index} file=${file} open=${index < openFiles} review=${review} />`)}
  </div>`;
}

/** @param {{ file: any, open: boolean, review: Review | undefined }} props */
function File({ file, open, review }) {
  const [isOpen, setOpen] = useState(open);
  const name = file.isDeleted ? file.oldName : file.newName;
  return html`<details
    class="diff-file"
    data-file=${name}
    open=${isOpen}
    onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}
  >
    <summary>
      <code class="grow">${file.isRename ? `${file.oldName} → ${name}` : name}</code>
      ${file.isNew ? html`<span class="state is-green">new</span>` : null}${file.isDeleted ? html`<span class="state is-pink">deleted</span>` : null}
      <span class="mono state is-green">+${file.addedLines}</span
      ><span class="mono state is-pink">−${file.deletedLines}</span>
    </summary>
    ${isOpen ? html`<${Lines} file=${file} name=${name} review=${review} />` : null}
  </details>`;
}

const signs = { insert: '+', delete: '−', context: ' ' };

/** @param {{ file: any, name: string, review: Review | undefined }} props */
function Lines({ file, name, review }) {
  const [asked, setAsked] = useState(/** @type {number | 'file' | null} */ (null));
  const said = (review?.comments ?? []).filter((comment) => comment.file === name);
  const composer = (/** @type {number | null} */ line) =>
    html`<${CommentForm}
      label=${line === null ? `Comment on ${name}` : `Comment on line ${line}`}
      onClose=${() => setAsked(null)}
      onSay=${async (/** @type {string} */ text) => {
        if (await review?.onComment?.(name, line, text)) setAsked(null);
      }}
    />`;
  const all = file.blocks.flatMap((/** @type {any} */ block) => [{ header: block.header }, ...block.lines]);
  const lines = all.slice(0, mostLines);
  return html`<div class="diff-lines" tabindex="0" role="region" aria-label=${`Changes in ${name}`}>
    <table>
      <tbody>
        ${lines.map((/** @type {any} */ line, /** @type {number} */ index) =>
          line.header === undefined
            ? html`<tr key=${index} class=${`is-${line.type}`}>
                  <td class="diff-number">${line.oldNumber ?? ''}</td>
                  <td class="diff-number">
                    ${
                      review?.onComment == null || line.newNumber === undefined
                        ? (line.newNumber ?? '')
                        : html`<button
                            type="button"
                            class="diff-line"
                            aria-label=${`Comment on line ${line.newNumber}`}
                            onClick=${() => setAsked(line.newNumber)}
                          >
                            ${line.newNumber}
                          </button>`
                    }
                  </td>
                  <td class="diff-sign">
                    ${signs[/** @type {keyof typeof signs} */ (line.type)] ?? ' '}${line.content.slice(1)}
                  </td>
                </tr>
                ${line.newNumber === undefined ? null : html`<${Said} comments=${said.filter((one) => one.line === line.newNumber)} onRemove=${review?.onRemove} />`}
                ${
                  line.newNumber !== undefined && asked === line.newNumber
                    ? html`<tr class="diff-said">
                        <td colspan="3">${composer(line.newNumber)}</td>
                      </tr>`
                    : null
                }`
            : html`<tr key=${index} class="diff-hunk">
                <td class="diff-number"></td>
                <td class="diff-number"></td>
                <td>${line.header}</td>
              </tr>`,
        )}
      </tbody>
    </table>
    ${
      review === undefined
        ? null
        : html`<table>
              <tbody>
                <${Said} comments=${said.filter(({ line }) => line === null)} onRemove=${review.onRemove} />
              </tbody>
            </table>
            ${asked === 'file' ? composer(null) : review.onComment === null ? null : html`<${Button} kind="quiet" onClick=${() => setAsked('file')}>Comment on the file<//>`}`
    }
    ${all.length > mostLines ? html`<p class="soft small">${all.length - mostLines} more lines are not shown.</p>` : null}
  </div>`;
}

/** Comments below their line. @param {{ comments: Review['comments'], onRemove: ((id: number) => void) | undefined }} props */
function Said({ comments, onRemove }) {
  return comments.map(
    ({ id, text, answeredBy }) =>
      html`<tr key=${`said-${id}`} class="diff-said">
        <td colspan="3">
          <div class="diff-comment">
            <span class="grow">${text}</span>
            ${
              answeredBy === null
                ? html`<${Button} kind="quiet" onClick=${() => onRemove?.(id)}>Take it back<//>`
                : html`<span class="soft small">answered by version ${answeredBy}</span>`
            }
          </div>
        </td>
      </tr>`,
  );
}

/** @param {{ label: string, onSay: (text: string) => Promise<void>, onClose: () => void }} props */
function CommentForm({ label, onSay, onClose }) {
  const [text, setText] = useState('');
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void onSay(text.trim());
  };
  return html`<form class="diff-comment-form" onSubmit=${onSubmit}>
    <textarea
      rows="3"
      maxlength="4000"
      aria-label=${label}
      placeholder=${label}
      value=${text}
      onInput=${(/** @type {any} */ event) => setText(event.target.value)}
    ></textarea>
    <div class="actions is-end">
      <${Button} onClick=${onClose}>Cancel<//>
      <${Button} type="submit" kind="primary" disabled=${text.trim() === ''}>Comment<//>
    </div>
  </form>`;
}
