/*
 * Hands what `ninjad inspect` sends to Stately's inspector in the frame, and to no other page. The secret of this run
 * stands in the fragment, which reaches no server.
 */
const inspector = 'https://stately.ai';
const mostHeld = 5_000;

const frame = /** @type {HTMLIFrameElement} */ (document.querySelector('iframe'));
const line = /** @type {HTMLElement} */ (document.getElementById('line'));
let isReady = false;
/** @type {unknown[]} */
let held = [];

/** @param {unknown} event */
const hand = (event) => frame.contentWindow?.postMessage(event, inspector);

addEventListener('message', ({ origin, source, data }) => {
  if (origin !== inspector || source !== frame.contentWindow || data?.type !== '@statelyai.connected') return;
  isReady = true;
  for (const event of held) hand(event);
  held = [];
});

const socket = new WebSocket(`ws://${location.host}/${location.hash.slice(1)}`);
socket.addEventListener('open', () => {
  line.textContent =
    'The actors of ninjad, live. What you see here was handed to stately.ai in the frame below.';
});
socket.addEventListener('close', () => {
  line.textContent = 'ninjad inspect does not answer any more, or the address is from an earlier run.';
});
socket.addEventListener('message', ({ data }) => {
  const event = JSON.parse(data);
  if (isReady) hand(event);
  else if (held.length < mostHeld) held.push(event);
});
