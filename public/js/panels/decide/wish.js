import { Button, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { Diff } from '../../components/diff.js';
import { Code, Markdown } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useState } from '../../view.js';

/**
 * A wish with its draft: the summary, what its tests said, and the patch, file by file.
 * @param {{ id: number, version: number }} props
 */
export function WishPage({ id, version }) {
  const { data, error, reload, update } = useResource('wish.get', { id });
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
  const decide = async (/** @type {'approve' | 'reject' | 'reopen'} */ decision, reason = '') => {
    const words = { approve: 'approved', reject: 'rejected', reopen: 'open again' };
    update((wish) => ({
      ...wish,
      state: decision === 'reopen' ? 'proposed' : decision === 'approve' ? 'approved' : 'rejected',
    }));
    await act(
      'wish.decide',
      { id, decision, ...(reason !== '' && { reason }) },
      {
        says: `The wish is ${words[decision]}.`,
        undo: reload,
        ...(decision === 'reopen' ? {} : { action: { label: 'Undo', run: () => void decide('reopen') } }),
      },
    );
    reload();
  };
  return html`<section class="panel split-detail" aria-label=${`Wish ${id}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('decide', ['wishes'])} aria-label="Close the wish">✕</a>
      <h1>Wish ${id}</h1>
      ${
        data === null
          ? null
          : html`<${State} state=${data.state} />
              <div class="end"><${Decisions} state=${data.state} onDecide=${decide} /></div>`
      }
    </div>
    ${data === null ? (error === null ? html`<${Loading} />` : html`<${Problem} problem=${error} retry=${reload} />`) : html`<${Wish} wish=${data} />`}
  </section>`;
}

/** @param {{ state: string, onDecide: (decision: 'approve' | 'reject' | 'reopen', reason?: string) => Promise<void> }} props */
function Decisions({ state, onDecide }) {
  const [asked, setAsked] = useState(/** @type {'approve' | 'reject' | null} */ (null));
  const close = () => setAsked(null);
  const isUndecided = state === 'proposed';
  const isDecided = state === 'approved' || state === 'rejected';
  return html`${isUndecided || state === 'drafted' || state === 'failed' ? html`<${Button} kind="danger" onClick=${() => setAsked('reject')}>Reject<//>` : null}
  ${isUndecided ? html`<${Button} kind="primary" onClick=${() => setAsked('approve')}>Approve<//>` : null}
  ${isDecided ? html`<${Button} onClick=${() => void onDecide('reopen')}>Take it back<//>` : null}
  ${
    asked === 'approve'
      ? html`<${Confirm}
          title="Approve this wish?"
          verb="Approve it"
          reason="optional"
          onClose=${close}
          onConfirm=${(/** @type {string} */ reason) => void onDecide('approve', reason)}
        >
          It is drafted in the coming night, in a sandbox. The draft changes nothing until you apply it
          yourself.
        <//>`
      : null
  }
  ${
    asked === 'reject'
      ? html`<${Confirm}
          title="Reject this wish?"
          verb="Reject it"
          danger
          reason="optional"
          onClose=${close}
          onConfirm=${(/** @type {string} */ reason) => void onDecide('reject', reason)}
        >
          It is not drafted. Your reason is kept, so that the next retrospective knows.
        <//>`
      : null
  }`;
}

/** @param {{ wish: import('../../../../src/lib/dashboard/protocol/decisions.ts').WishPage }} props */
function Wish({ wish }) {
  return html`<p class="task-title">${wish.title}</p>
    <div class="memory-head">
      <${Tag}>${wish.origin}<//
      ><span class="soft small">proposed <${Time} at=${wish.createdAt} /></span
      >${wish.decidedAt === null ? null : html`<span class="soft small">decided <${Time} at=${wish.decidedAt} /></span>`}
    </div>
    <p class="wish-text">${wish.description}</p>
    ${wish.reason === null ? null : html`<p><span class="soft">Reason:</span> ${wish.reason}</p>`}
    ${
      wish.summary === null
        ? null
        : html`<section class="section">
            <div class="section-head"><h2>Summary of the draft</h2></div>
            <${Markdown} text=${wish.summary} />
          </section>`
    }
    ${
      wish.testReport === null
        ? null
        : html`<section class="section">
            <div class="section-head"><h2>What its tests said</h2></div>
            <${Code} text=${wish.testReport} label="Test output" />
          </section>`
    }
    ${
      wish.patch === null
        ? null
        : html`<section class="section">
            <div class="section-head">
              <h2>Patch</h2>
              ${wish.baseCommit === null ? null : html`<span class="end soft small mono">on ${wish.baseCommit.slice(0, 12)}</span>`}
            </div>
            <${Diff} patch=${wish.patch} />
            ${wish.patchTruncated ? html`<p class="state is-orange">The patch is longer than what is shown: <code>ninjad wishes patch ${wish.id}</code></p>` : null}
            <p class="soft small">
              Apply it yourself with <code>ninjad wishes apply ${wish.id}</code>; the daemon never does.
            </p>
          </section>`
    }`;
}
