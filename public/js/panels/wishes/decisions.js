import { Button } from '../../components/basics.js';
import { ReasonField } from '../../components/reason-field.js';
import { plural } from '../../format/quantity.js';
import { html, useState } from '../../view.js';

/** @typedef {import('./wish.js').WishPageData} WishPageData */

/** States from which a draft is wanted once more. */
const again = new Set(['failed', 'blocked', 'stale']);
const rejectable = new Set(['proposed', 'drafting', 'drafted', 'failed', 'blocked', 'stale']);
const reopenable = new Set(['approved', 'rejected', 'declined']);

const approves =
  'It is drafted at night, in a copy of the program that nothing leaves. The draft changes nothing until you apply it yourself.';
/** @type {Readonly<Record<string, string>>} */
const rejects = {
  drafted: 'The draft is kept and not applied.',
  drafting: 'Its drafting is ended.',
};

/**
 * What the owner can do about a wish in its state, at once and with a way back, and room for the reason.
 * @param {{ wish: WishPageData, onDecide: (decision: import('./wish.js').Decision, reason?: string) => Promise<void>,
 *   onDraft: () => Promise<void> }} props
 */
export function Decisions({ wish: { state, openComments }, onDecide, onDraft }) {
  const [reason, setReason] = useState('');
  const decide = (/** @type {import('./wish.js').Decision} */ decision) => {
    setReason('');
    void onDecide(decision, reason.trim());
  };
  return html`${reopenable.has(state) ? html`<${Button} onClick=${() => decide('reopen')}>Take it back<//>` : null}
  ${rejectable.has(state) ? html`<${ReasonField} reason=${reason} onReason=${setReason} says="Kept with the wish, and told to later drafts" /><${Button} kind="danger" title=${rejects[state] ?? 'It is not drafted.'} onClick=${() => decide('reject')}>Reject<//>` : null}
  ${state === 'approved' || again.has(state) ? html`<${Button} kind="primary" onClick=${() => void onDraft()}>${state === 'approved' ? 'Draft it now' : 'Draft it again'}<//>` : null}
  ${state === 'proposed' ? html`<${Button} kind="primary" title=${approves} onClick=${() => decide('approve')}>Approve<//>` : null}
  ${state === 'drafted' && openComments > 0 ? html`<${Button} kind="primary" onClick=${() => decide('redraft')}>Redraft with ${plural(openComments, 'comment')}<//>` : null}`;
}
