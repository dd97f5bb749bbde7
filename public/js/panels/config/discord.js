import { Button, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { useChanges } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['discord.get']} DiscordView */

/** @type {Record<string, 'green' | 'orange' | 'red' | 'soft'>} */
const tones = {
  ready: 'green',
  'rate-limited': 'orange',
  disabled: 'soft',
  unauthorised: 'red',
  away: 'red',
};

/** The connection to Discord in a few lines, and the codes that wait for the owner. Nothing where there is no token. */
export function DiscordConnection() {
  const { data, reload } = useResource('discord.get', {});
  useChanges(['discord.get'], reload);
  if (data === null || data.state === 'disabled') return null;
  return html`<section class="settings discord-connection" aria-labelledby="discord-connection">
    <h2 id="discord-connection">Discord</h2>
    <p>
      <${Tag} tone=${Object.hasOwn(tones, data.state) ? tones[data.state] : 'orange'}>${data.state}<//>
      ${data.reason === null ? null : html` <span class="prose">${data.reason}</span>`}
    </p>
    <p class="soft">
      ${data.botName ?? 'The bot'}, heard ${timeOf(data.lastAckAt)}, your last message
      ${timeOf(data.lastMessageAt)}, ${data.identifiesLeft ?? '?'} sessions left today.
      ${data.ownerId === null ? 'Nobody is paired yet: write to the bot, and confirm its code here.' : `It listens to ${data.ownerId} alone.`}
    </p>
    ${
      data.pairings.length === 0
        ? null
        : html`<ul>
            ${data.pairings.map((pairing) => html`<${Pairing} key=${pairing.code} pairing=${pairing} onPaired=${reload} />`)}
          </ul>`
    }
  </section>`;
}

/** @param {{ pairing: DiscordView['pairings'][number], onPaired: () => void }} props */
function Pairing({ pairing: { code, userName, userId }, onPaired }) {
  const pair = async () => {
    const answer = await act('discord.pair', { code }, { says: `${userName || userId} is the owner now.` });
    if (answer !== undefined) onPaired();
  };
  return html`<li class="actions">
    <span><code>${code}</code> ${userName} <span class="soft mono">${userId}</span></span>
    <${Button} kind="primary" onClick=${() => void pair()}>That is me<//>
  </li>`;
}

/** @param {string | null} at */
function timeOf(at) {
  return at === null ? 'never' : html`<${Time} at=${at} />`;
}
