import { Button } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { plural } from '../../format/quantity.js';
import { html, useState } from '../../view.js';

/** @typedef {import('./wish.js').WishPageData} WishPageData */

/** States from which a draft is wanted once more. */
const again = new Set(['failed', 'blocked', 'stale']);
const rejectable = new Set(['proposed', 'drafting', 'drafted', 'failed', 'blocked', 'stale']);
const reopenable = new Set(['approved', 'rejected', 'declined']);

/**
 * What the owner can do about a wish in its state.
 * @param {{ wish: WishPageData, onDecide: (decision: import('./wish.js').Decision, reason?: string) => Promise<void>,
 *   onDraft: () => Promise<void> }} props
 */
export function Decisions({ wish: { state, openComments }, onDecide, onDraft }) {
  const [asked, setAsked] = useState(/** @type {'approve' | 'reject' | null} */ (null));
  const close = () => setAsked(null);
  return html`${reopenable.has(state) ? html`<${Button} onClick=${() => void onDecide('reopen')}>Take it back<//>` : null}
  ${rejectable.has(state) ? html`<${Button} kind="danger" onClick=${() => setAsked('reject')}>Reject<//>` : null}
  ${state === 'approved' || again.has(state) ? html`<${Button} kind="primary" onClick=${() => void onDraft()}>${state === 'approved' ? 'Draft it now' : 'Draft it again'}<//>` : null}
  ${state === 'proposed' ? html`<${Button} kind="primary" onClick=${() => setAsked('approve')}>Approve<//>` : null}
  ${state === 'drafted' && openComments > 0 ? html`<${Button} kind="primary" onClick=${() => void onDecide('redraft')}>Redraft with ${plural(openComments, 'comment')}<//>` : null}
  ${
    asked === 'approve'
      ? html`<${Confirm}
          title="Approve this wish?"
          verb="Approve it"
          reason="optional"
          onClose=${close}
          onConfirm=${(/** @type {string} */ reason) => void onDecide('approve', reason)}
        >
          It is drafted at night, in a copy of the program that nothing leaves. The draft changes nothing
          until you apply it yourself.
        <//>`
      : null
  }
  ${
    asked === 'reject'
      ? html`<${Confirm}
          title=${state === 'drafted' ? 'Reject this draft?' : 'Reject this wish?'}
          verb="Reject it"
          danger
          reason="optional"
          onClose=${close}
          onConfirm=${(/** @type {string} */ reason) => void onDecide('reject', reason)}
        >
          ${
            state === 'drafted'
              ? 'The draft is kept and not applied.'
              : state === 'drafting'
                ? 'Its drafting is ended.'
                : 'It is not drafted.'
          }
          Your reason is kept with it, and told to later drafts.
        <//>`
      : null
  }`;
}
