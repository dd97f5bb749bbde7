import { html, useEffect, useState } from '../view.js';
import { Loading, Problem } from './basics.js';
import { loadScript } from './load-script.js';
import { Code } from './markdown.js';

const openFiles = 12;
const mostLines = 3_000;

/**
 * A unified diff, file by file. The library reads it; what it says is put into the page as text.
 * @param {{ patch: string }} props
 */
export function Diff({ patch }) {
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
    ${files.map((file, index) => html`<${File} key=${index} file=${file} open=${index < openFiles} />`)}
  </div>`;
}

/** @param {{ file: any, open: boolean }} props */
function File({ file, open }) {
  const [isOpen, setOpen] = useState(open);
  const name = file.isDeleted ? file.oldName : file.newName;
  return html`<details
    class="diff-file"
    open=${isOpen}
    onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}
  >
    <summary>
      <code class="grow">${file.isRename ? `${file.oldName} → ${name}` : name}</code>
      ${file.isNew ? html`<span class="state is-green">new</span>` : null}${file.isDeleted ? html`<span class="state is-pink">deleted</span>` : null}
      <span class="mono state is-green">+${file.addedLines}</span
      ><span class="mono state is-pink">−${file.deletedLines}</span>
    </summary>
    ${isOpen ? html`<${Lines} file=${file} name=${name} />` : null}
  </details>`;
}

const signs = { insert: '+', delete: '−', context: ' ' };

/** @param {{ file: any, name: string }} props */
function Lines({ file, name }) {
  const all = file.blocks.flatMap((/** @type {any} */ block) => [{ header: block.header }, ...block.lines]);
  const lines = all.slice(0, mostLines);
  return html`<div class="diff-lines" tabindex="0" role="region" aria-label=${`Changes in ${name}`}>
    <table>
      <tbody>
        ${lines.map((/** @type {any} */ line, /** @type {number} */ index) =>
          line.header === undefined
            ? html`<tr key=${index} class=${`is-${line.type}`}>
                <td class="diff-number">${line.oldNumber ?? ''}</td>
                <td class="diff-number">${line.newNumber ?? ''}</td>
                <td class="diff-sign">
                  ${signs[/** @type {keyof typeof signs} */ (line.type)] ?? ' '}${line.content.slice(1)}
                </td>
              </tr>`
            : html`<tr key=${index} class="diff-hunk">
                <td class="diff-number"></td>
                <td class="diff-number"></td>
                <td>${line.header}</td>
              </tr>`,
        )}
      </tbody>
    </table>
    ${all.length > mostLines ? html`<p class="soft small">${all.length - mostLines} more lines are not shown.</p>` : null}
  </div>`;
}
