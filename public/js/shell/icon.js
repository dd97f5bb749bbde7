import { html } from '../view.js';

/** @param {{ path: string, size?: number }} props path data on a 16 × 16 grid */
export function Icon({ path, size = 16 }) {
  return html`<svg class="icon" viewBox="0 0 16 16" width=${size} height=${size} aria-hidden="true">
    <path d=${path} />
  </svg>`;
}
