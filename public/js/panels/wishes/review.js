import { shellCommand } from '../../format/shell-command.js';
import { Button, State, Tag } from '../../components/basics.js';
import { Diff } from '../../components/diff.js';
import { Code, Markdown } from '../../components/markdown.js';
import { Lasting, Time } from '../../components/time.js';
import { money, plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';
import { FileTree } from './file-tree.js';

/** @typedef {import('./wish.js').WishPageData} WishPageData */
/** @typedef {NonNullable<WishPageData['shown']>} Shown */

/**
 * A draft for review: its summary, flags, tests, files and lines, each of which takes a comment.
 * @param {{ wish: WishPageData, onVersion: (version: number) => void, onChanged: () => void }} props
 */
export function Review({ wish, onVersion, onChanged }) {
  const { shown } = wish;
  if (shown === null) return null;
  return html`<section class="section">
      <div class="section-head">
        <h2>${shown.state === 'drafted' ? 'Summary of the draft' : 'Draft'}</h2>
        <span class="end"><${Versions} wish=${wish} onVersion=${onVersion} /></span>
      </div>
      <${Facts} shown=${shown} />
      ${shown.reason === null ? null : html`<p class="state is-pink task-reason">${shown.reason}</p>`}
      ${shown.summary === null || shown.summary === '' ? null : html`<${Markdown} text=${shown.summary} />`}
      <${Flags} flags=${shown.flags} />
    </section>
    <${Tests} tests=${shown.tests} />
    ${shown.patch === null ? null : html`<${Patch} wish=${wish} shown=${shown} onChanged=${onChanged} />`}`;
}

/** @param {{ wish: WishPageData, onVersion: (version: number) => void }} props */
function Versions({ wish: { versions, shown }, onVersion }) {
  if (versions.length < 2) return null;
  return html`<select
    aria-label="Version of the draft"
    value=${String(shown?.version ?? '')}
    onChange=${(/** @type {any} */ event) => onVersion(Number(event.target.value))}
  >
    ${versions.map(
      ({ version, state }) =>
        html`<option key=${version} value=${String(version)}>version ${version}, ${state}</option>`,
    )}
  </select>`;
}

/** @param {{ shown: Shown }} props */
function Facts({ shown }) {
  return html`<p class="wish-draft-facts soft small">
    <span>version ${shown.version}</span>
    ${shown.base === null ? null : html`<span class="mono">on ${shown.base.slice(0, 12)}</span>`}
    ${shown.endedAt === null ? html`<span>since <${Lasting} from=${shown.startedAt} /></span>` : html`<span><${Time} at=${shown.endedAt} /></span>`}
    <span>${money(shown.costUsd)}</span>
    ${shown.taskId === null ? null : html`<a href=${addressOf('tasks', [shown.taskId])}>transcript</a>`}
  </p>`;
}

/** @param {{ flags: readonly string[] }} props */
function Flags({ flags }) {
  if (flags.length === 0) return null;
  return html`<ul class="wish-flags" aria-label="Look at this twice">
    ${flags.map((flag) => html`<li key=${flag}><${Tag} tone="pink">⚑ ${flag}<//></li>`)}
  </ul>`;
}

const testNames = /** @type {const} */ ([
  ['base', 'The tests of before, on the program of before', 'Output of the tests before'],
  ['draft', 'The tests of before, on the draft', 'Test output'],
  ['own', "The draft's own tests", 'Output of its own tests'],
]);

/** @param {{ tests: Shown['tests'] }} props */
function Tests({ tests }) {
  const ran = testNames.flatMap(([key, name, label]) => {
    const outcome = tests[key];
    return outcome === undefined || outcome === null ? [] : [{ key, name, label, outcome }];
  });
  if (ran.length === 0) return null;
  return html`<section class="section">
    <div class="section-head"><h2>What its tests said</h2></div>
    ${ran.map(({ key, name, label, outcome }) => {
      const isOpen = ran.length === 1 || (outcome.ran && !outcome.passed);
      return html`<details key=${key} class="wish-test" open=${isOpen}>
        <summary>
          <span class="grow">${name}</span>
          <${TestState} outcome=${outcome} />
        </summary>
        ${outcome.command === '' ? null : html`<p class="soft small mono">${outcome.command}</p>`}
        ${
          outcome.knownFailures === undefined || outcome.knownFailures.length === 0
            ? null
            : html`<p class="soft small">
                ${plural(outcome.knownFailures.length, 'test')} failed before already:
                ${outcome.knownFailures.slice(0, 20).join(', ')}
              </p>`
        }
        <${Code} text=${outcome.output} label=${label} />
      </details>`;
    })}
  </section>`;
}

/** What is known of the run: a draft of old has its output and no verdict. @param {{ outcome: { ran: boolean, passed: boolean | null, exitCode: number | null } }} props */
function TestState({ outcome: { ran, passed, exitCode } }) {
  if (!ran) return html`<${State} state="skipped" word="not run" />`;
  if (passed === null) return null;
  return passed
    ? html`<${State} state="passed" />`
    : html`<${State}
        state="failed"
        word=${exitCode === null ? 'failed' : `failed with status ${exitCode}`}
      />`;
}

/** @param {{ wish: WishPageData, shown: Shown, onChanged: () => void }} props */
function Patch({ wish, shown, onChanged }) {
  const { id, state, comments } = wish;
  const { version, patch, files, additions, deletions } = shown;
  const isOpen = state === 'drafted' && shown.state === 'drafted' && version === wish.draft?.version;
  const comment = async (
    /** @type {string} */ file,
    /** @type {number | null} */ line,
    /** @type {string} */ text,
  ) => {
    const kept = await act('wish.comment', { id, version, file, line, text });
    onChanged();
    return kept !== undefined;
  };
  const review = {
    comments: comments.filter((one) => one.version === version),
    onComment: isOpen ? comment : null,
    onRemove: (/** @type {number} */ one) => void act('wish.uncomment', { id, comment: one }).then(onChanged),
  };
  const copy = () => void navigator.clipboard?.writeText(patch ?? '');
  return html`<section class="section">
    <div class="section-head">
      <h2>Patch</h2>
      <span class="soft small">${plural(files.length, 'file')}, +${additions} −${deletions}</span>
      <span class="end"><${Button} onClick=${copy}>Copy it<//></span>
    </div>
    ${files.length < 2 ? null : html`<${FileTree} files=${files} />`}
    ${isOpen ? html`<p class="soft small">A click on a line's number comments on it; the next version is drafted with your comments.</p>` : null}
    <${Diff} patch=${patch} review=${review} />
    ${
      isOpen
        ? html`<p class="soft small">
            The daemon never applies it. <code>${shellCommand(`wishes apply ${id}`)}</code> makes the branch
            <code>ninjad/wish-${id}</code> in your checkout, and <code>git apply</code> takes the patch, too.
          </p>`
        : null
    }
  </section>`;
}
