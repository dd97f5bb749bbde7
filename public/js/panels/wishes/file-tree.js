import { Tag } from '../../components/basics.js';
import { html } from '../../view.js';

/** @typedef {{ path: string, additions: number, deletions: number, flags: readonly string[] }} DraftFile */
/** @typedef {{ name: string, folders: Folder[], files: DraftFile[] }} Folder */

/**
 * Files by folders; folders that hold nothing but another one share a line with it.
 * @param {readonly DraftFile[]} files @returns {Folder}
 */
export function foldersOf(files) {
  /** @type {Folder} */
  const root = { name: '', folders: [], files: [] };
  for (const file of files) {
    let folder = root;
    for (const part of file.path.split('/').slice(0, -1)) {
      let next = folder.folders.find(({ name }) => name === part);
      if (next === undefined) folder.folders.push((next = { name: part, folders: [], files: [] }));
      folder = next;
    }
    folder.files.push(file);
  }
  return joined(root);
}

/** @param {Folder} folder @returns {Folder} */
function joined(folder) {
  const folders = folder.folders.map(joined);
  const [only] = folders;
  if (folder.name !== '' && folder.files.length === 0 && folders.length === 1 && only !== undefined)
    return { ...only, name: `${folder.name}/${only.name}` };
  return { ...folder, folders };
}

/** The files of a draft as a tree; each leads to its changes. @param {{ files: readonly DraftFile[] }} props */
export function FileTree({ files }) {
  return html`<nav class="file-tree" aria-label="Files of the draft">
    <${Level} folder=${foldersOf(files)} />
  </nav>`;
}

/** @param {{ folder: Folder }} props */
function Level({ folder }) {
  return html`<ul>
    ${folder.folders.map(
      (one) =>
        html`<li key=${one.name}>
          <span class="soft mono">${one.name}/</span>
          <${Level} folder=${one} />
        </li>`,
    )}
    ${folder.files.map((file) => html`<li key=${file.path}><${Leaf} file=${file} /></li>`)}
  </ul>`;
}

/** @param {{ file: DraftFile }} props */
function Leaf({ file: { path, additions, deletions, flags } }) {
  return html`<button type="button" class="file-leaf" onClick=${() => show(path)}>
    <code class="grow">${path.split('/').at(-1)}</code>
    ${flags.map((flag) => html`<${Tag} key=${flag} tone="pink">${flag}<//>`)}
    <span class="mono state is-green">+${additions}</span
    ><span class="mono state is-pink">−${deletions}</span>
  </button>`;
}

/** @param {string} path */
function show(path) {
  const file = document.querySelector(`.diff-file[data-file="${CSS.escape(path)}"]`);
  if (!(file instanceof HTMLDetailsElement)) return;
  file.open = true;
  file.scrollIntoView({ block: 'start' });
  file.querySelector('summary')?.focus();
}
