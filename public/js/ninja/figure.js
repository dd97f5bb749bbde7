import { html } from '../view.js';

/**
 * The ninja: our own drawing. Parts carry class names that css/ninja.css moves by the mood on the outermost group;
 * all of them are always there, so that a change of mood is a movement and not a redrawing.
 * @param {{ mood: string, happy?: boolean, size?: number, label?: string, headOnly?: boolean }} props `size` in pixels
 */
export function NinjaFigure({ mood, happy = false, size = 240, label = '', headOnly = false }) {
  return html`<svg
    class=${`ninja mood-${mood}${happy ? ' is-happy' : ''}${headOnly ? ' head-only' : ''}`}
    viewBox=${headOnly ? '56 30 128 120' : '0 0 240 240'}
    width=${size}
    height=${size}
    role=${label === '' ? 'presentation' : 'img'}
    aria-label=${label === '' ? undefined : label}
  >
    <ellipse class="n-shade" cx="120" cy="218" rx="52" ry="7" />
    <g class="n-all">
      <g class="n-scarf">
        <path
          class="n-tone"
          d="M142 128 C168 124 178 138 200 130 C196 142 184 150 168 148 C158 147 148 142 142 138 Z"
        />
        <path
          class="n-tone n-tail"
          d="M144 134 C164 140 170 156 190 156 C182 166 166 164 156 156 C150 151 146 145 142 140 Z"
        />
      </g>
      <g class="n-legs-stand">
        <path class="n-leg n-leg-left" d="M106 180 L103 208" />
        <path class="n-leg n-leg-right" d="M134 180 L137 208" />
        <path class="n-foot n-leg-left" d="M104 212 L96 212" />
        <path class="n-foot n-leg-right" d="M136 212 L144 212" />
      </g>
      <g class="n-legs-sit">
        <path class="n-leg" d="M98 192 C76 196 78 210 100 209 L140 206" />
        <path class="n-leg" d="M142 192 C164 196 162 210 140 209 L100 206" />
      </g>
      <g class="n-torso">
        <path class="n-robe" d="M92 136 C88 160 90 182 96 196 L144 196 C150 182 152 160 148 136 Z" />
        <path class="n-lapel" d="M104 136 L121 160 L137 136" />
        <path class="n-belt" d="M92 174 L148 174" />
        <path class="n-tone n-knot" d="M117 170 h10 v9 h-10 z" />
        <path class="n-bandage" d="M97 152 L112 146 M99 160 L113 153" />
      </g>
      ${props()}
      <g class="n-arm n-arm-left">
        <path class="n-sleeve" d="M97 146 L82 172" />
        <circle class="n-hand" cx="79" cy="178" r="8" />
        <g class="n-fan"><path class="n-steel" d="M79 178 l-8 22 m8 -22 l2 24 m-2 -24 l12 20" /></g>
      </g>
      <g class="n-arm n-arm-right">
        <g class="n-sword">
          <path class="n-steel" d="M161 178 L161 112" />
          <path class="n-hilt" d="M161 190 L161 170 M153 170 L169 170" />
        </g>
        <g class="n-crutch"><path class="n-wood" d="M170 140 L170 214 M160 140 L180 140" /></g>
        <path class="n-sleeve" d="M143 146 L158 172" />
        <circle class="n-hand" cx="161" cy="178" r="8" />
      </g>
      ${head()}
    </g>
    ${weather()}
  </svg>`;
}

/** The face is a window in the hood: all that it says, it says with eyes and brows. */
function head() {
  return html`<g class="n-head">
    <g class="n-band-ends">
      <path class="n-tone" d="M68 78 C52 76 46 84 34 80 C40 92 54 94 68 88 Z" />
      <path class="n-tone n-tail" d="M68 84 C56 90 54 100 42 102 C52 108 64 102 70 90 Z" />
    </g>
    <path
      class="n-hood"
      d="M120 34 C154 34 172 60 172 90 C172 122 150 142 120 142 C90 142 68 122 68 90 C68 60 86 34 120 34 Z"
    />
    <path
      class="n-skin"
      d="M80 92 C80 82 92 78 120 78 C148 78 160 82 160 92 C160 106 146 112 120 112 C94 112 80 106 80 92 Z"
    />
    <path class="n-tone n-band" d="M69 82 C84 70 156 70 171 82 L170 70 C154 58 86 58 70 70 Z" />
    <rect class="n-plate" x="108" y="62" width="24" height="13" rx="3" />
    <g class="n-eyes">
      <g class="n-eye">
        <ellipse class="n-white" cx="102" cy="95" rx="9" ry="9.5" />
        <circle class="n-pupil" cx="103" cy="96" r="5" /><circle class="n-glint" cx="105" cy="93.5" r="1.6" />
      </g>
      <g class="n-eye">
        <ellipse class="n-white" cx="138" cy="95" rx="9" ry="9.5" />
        <circle class="n-pupil" cx="137" cy="96" r="5" /><circle class="n-glint" cx="139" cy="93.5" r="1.6" />
      </g>
      <path class="n-closed" d="M93 96 Q102 102 111 96 M129 96 Q138 102 147 96" />
      <path class="n-joyful" d="M93 99 Q102 88 111 99 M129 99 Q138 88 147 99" />
      <path class="n-pained" d="M95 90 L108 96 L95 101 M145 90 L132 96 L145 101" />
    </g>
    <path class="n-brow n-brow-left" d="M92 84 L110 86" />
    <path class="n-brow n-brow-right" d="M148 84 L130 86" />
    <path class="n-plaster" d="M140 122 l16 -8 m-10 -2 l6 12" />
    <g class="n-drops">
      <path d="M176 62 c6 9 6 14 0 14 s-6 -5 0 -14 Z" /><path d="M184 84 c5 8 5 12 0 12 s-5 -4 0 -12 Z" />
      <path d="M60 58 c6 9 6 14 0 14 s-6 -5 0 -14 Z" />
    </g>
  </g>`;
}

/** What it holds or has before it; hidden but for its mood. */
function props() {
  return html`<g class="n-book">
      <path class="n-cover" d="M84 168 L120 176 L156 168 L156 196 L120 204 L84 196 Z" />
      <path class="n-page" d="M88 168 L119 175 L119 199 L88 192 Z M152 168 L121 175 L121 199 L152 192 Z" />
      <path
        class="n-print"
        d="M94 176 l19 4 M94 182 l19 4 M94 188 l14 3 M146 176 l-19 4 M146 182 l-19 4 M146 188 l-14 3"
      />
    </g>
    <g class="n-purse">
      <path class="n-leather" d="M106 176 C98 190 98 206 120 206 C142 206 142 190 134 176 Z" />
      <path class="n-string" d="M104 176 L136 176" /><path
        class="n-moth"
        d="M148 164 q6 -8 10 0 q-4 8 -10 0 q-6 -8 -10 0 q4 8 10 0"
      />
    </g>`;
}

/** What is in the air around it. */
function weather() {
  return html`<g class="n-balls">
      <circle cx="70" cy="60" r="8" /><circle cx="120" cy="20" r="8" /><circle cx="170" cy="60" r="8" />
    </g>
    <g class="n-zzz"
      ><path d="M176 60 h12 l-12 14 h12" /><path d="M196 36 h9 l-9 11 h9" /><path d="M212 18 h7 l-7 8 h7"
    /></g>
    <g class="n-alarm"
      ><path d="M196 26 L196 52" /><circle cx="196" cy="64" r="3.5" /><path d="M44 26 L44 52" /><circle
        cx="44"
        cy="64"
        r="3.5"
    /></g>
    <g class="n-slash"><path d="M40 60 Q120 10 206 74" /></g>
    <g class="n-sparks">
      <path d="M40 44 l4 10 10 4 -10 4 -4 10 -4 -10 -10 -4 10 -4 Z" /><path
        d="M202 30 l3 8 8 3 -8 3 -3 8 -3 -8 -8 -3 8 -3 Z"
      />
      <path d="M208 120 l2 6 6 2 -6 2 -2 6 -2 -6 -6 -2 6 -2 Z" /><path
        d="M28 130 l2 6 6 2 -6 2 -2 6 -2 -6 -6 -2 6 -2 Z"
      />
    </g>
    <g class="n-hearts">
      <path d="M186 60 c-6 -8 -16 0 0 12 c16 -12 6 -20 0 -12 Z" /><path
        d="M50 46 c-5 -6 -12 0 0 9 c12 -9 5 -15 0 -9 Z"
      />
    </g>`;
}
