import { State } from '../../components/basics.js';
import { Lasting, Time } from '../../components/time.js';
import { count } from '../../format/quantity.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/** Hosts in trouble and the goals that are due next; what is empty takes no room. @param {{ now: import('./now.js').Now }} props */
export function Outlook({ now: { hosts, hostsInTrouble, nextGoals } }) {
  const more = hostsInTrouble.all - hosts.length;
  return html`${
    hosts.length === 0
      ? null
      : html`<section class="section" aria-labelledby="now-hosts">
          <div class="section-head">
            <h2 id="now-hosts">Hosts in trouble</h2>
            <a class="end small" href=${addressOf('fleet')}>${more > 0 ? `${count(more)} more` : 'Fleet'}</a>
          </div>
          <ul class="row-list">
            ${hosts.map(
              ({ name, state, since, reason }) =>
                html`<li key=${name}>
                  <${State} state=${state} />
                  <a class="grow two-lines quiet" href=${addressOf('fleet', [name])} title=${reason ?? name}
                    ><b>${name}</b>${reason === null ? null : html` <span class="soft">${reason}</span>`}</a
                  >
                  <span class="soft small">for <${Lasting} from=${since} /></span>
                </li>`,
            )}
          </ul>
        </section>`
  }
  ${
    nextGoals.length === 0
      ? null
      : html`<section class="section" aria-labelledby="now-goals">
          <div class="section-head">
            <h2 id="now-goals">Next goals</h2>
            <a class="end small" href=${addressOf('goals')}>Goals</a>
          </div>
          <ul class="row-list">
            ${nextGoals.map(
              ({ name, at }) =>
                html`<li key=${name}>
                  <a class="grow one-line quiet" href=${addressOf('goals', [name])} title=${name}>${name}</a>
                  <span class="soft small"><${Time} at=${at} /></span>
                </li>`,
            )}
          </ul>
        </section>`
  }`;
}
