/** What is known of how an element looks; colours as red, green and blue. */
export interface Look {
  color: Rgb;
  background: Rgb;
  /** Of letters too small to be seen; one within may say otherwise, as layouts by tables do. */
  isTiny: boolean;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** A rule of a `<style>` that hides what it selects. */
export interface HidingRules {
  tags: ReadonlySet<string>;
  classes: ReadonlySet<string>;
  ids: ReadonlySet<string>;
}

/** A page begins black on white. */
export const plainLook: Look = { color: [0, 0, 0], background: [255, 255, 255], isTiny: false };

const named: Readonly<Record<string, Rgb>> = {
  white: [255, 255, 255],
  snow: [255, 250, 250],
  ivory: [255, 255, 240],
  whitesmoke: [245, 245, 245],
  ghostwhite: [248, 248, 255],
  floralwhite: [255, 250, 240],
  black: [0, 0, 0],
  silver: [192, 192, 192],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  navy: [0, 0, 128],
};
const maxStyleChars = 4_000;
const maxRules = 2_000;
/** Colours that are no further apart are one to the eye. */
const sameColour = 24;

/** The declarations of a style attribute or rule by lower-case name. */
export function declarations(style: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const declaration of style
    .slice(0, maxStyleChars)
    .replaceAll(/\/\*[^*]*\*\//g, '')
    .split(';')) {
    const colon = declaration.indexOf(':');
    if (colon === -1) continue;
    const value = declaration.slice(colon + 1).replace(/!\s*important/i, '');
    found.set(declaration.slice(0, colon).trim().toLowerCase(), value.trim().toLowerCase());
  }
  return found;
}

/** Whether declarations keep an element from being seen, whatever its colours. */
export function hides(style: ReadonlyMap<string, string>): boolean {
  const of = (name: string): string => style.get(name) ?? '';
  const isNone = (name: string): boolean =>
    /^0*(?:\.0+)?(?:px|pt|em|rem|%|vh|vw)?$/.test(of(name)) && of(name) !== '';
  const clips = /hidden|clip/.test(of('overflow') + of('overflow-x') + of('overflow-y'));
  return (
    of('display') === 'none' ||
    /^(?:hidden|collapse)$/.test(of('visibility')) ||
    of('mso-hide') === 'all' ||
    of('content-visibility') === 'hidden' ||
    isFaint(of('opacity')) ||
    (clips && (isNone('height') || isNone('width') || isNone('max-height') || isNone('max-width'))) ||
    /^rect\(\s*(?:0|1px)\D+(?:0|1px)\D+(?:0|1px)\D+(?:0|1px)/.test(of('clip')) ||
    /^(?:inset\((?:50|100)%|circle\(0)/.test(of('clip-path')) ||
    /scale\w*\(\s*0*(?:\.0+)?\s*[,)]/.test(of('transform')) ||
    isFarAway(of('text-indent')) ||
    ['left', 'right', 'top', 'bottom', 'margin-left', 'margin-top'].some((name) => isFarAway(of(name))) ||
    /^(?:transparent|rgba\([^)]*,\s*0*(?:\.0+)?\s*\))$/.test(of('color')) ||
    /^(?:transparent|rgba\([^)]*,\s*0*(?:\.0+)?\s*\))$/.test(of('-webkit-text-fill-color'))
  );
}

/** How an element looks within one that looks like `outer`. */
export function lookWithin(
  outer: Look,
  style: ReadonlyMap<string, string>,
  attributes: Readonly<Record<string, string>>,
): Look {
  const color = colourOf(style.get('color') ?? '') ?? colourOf(attributes['color'] ?? '');
  const background =
    colourOf(style.get('background-color') ?? '') ??
    colourWithin(style.get('background') ?? '') ??
    colourOf(attributes['bgcolor'] ?? '');
  const size = style.get('font-size') ?? fontSizeOf(style.get('font') ?? '');
  if (color === undefined && background === undefined && size === '') return outer;
  return {
    color: color ?? outer.color,
    background: background ?? outer.background,
    isTiny: size === '' ? outer.isTiny : isTiny(size) || (outer.isTiny && /%|em$/.test(size)),
  };
}

/** Text in the colour of what is behind it, or too small. */
export function isInvisible({ color, background, isTiny: isTooSmall }: Look): boolean {
  return isTooSmall || color.every((part, index) => Math.abs(part - (background[index] ?? 0)) <= sameColour);
}

/** The rules of a style sheet that hide something always, and not on a small screen only. */
export function hidingRules(sheet: string): HidingRules {
  const rules = { tags: new Set<string>(), classes: new Set<string>(), ids: new Set<string>() };
  let count = 0;
  for (const { selectors, body } of topRules(sheet)) {
    if (++count > maxRules) break;
    const style = declarations(body);
    if (!hides(style) && !isTiny(style.get('font-size') ?? '')) continue;
    for (const selector of selectors.split(',')) note(rules, selector.trim());
  }
  return rules;
}

function note(rules: { tags: Set<string>; classes: Set<string>; ids: Set<string> }, selector: string): void {
  // What the last word of a selector names; what stands before it only narrows it.
  const [, tag = '', kind, name = ''] =
    /(?:^|[\s>+~])([a-z][a-z0-9]*)?(?:([.#])([\w-]+))?$/i.exec(selector) ?? [];
  if (kind === '.') rules.classes.add(name);
  else if (kind === '#') rules.ids.add(name);
  else if (tag !== '' && selector === tag && tag.toLowerCase() !== 'body') rules.tags.add(tag.toLowerCase());
}

/** The rules outside of any `@media`. */
function* topRules(sheet: string): Generator<{ selectors: string; body: string }> {
  const plain = withoutComments(sheet);
  let at = 0;
  while (at < plain.length) {
    const open = plain.indexOf('{', at);
    if (open === -1) return;
    const selectors = plain.slice(at, open);
    if (selectors.trimStart().startsWith('@')) {
      at = endOfBlock(plain, open);
      continue;
    }
    const close = plain.indexOf('}', open);
    if (close === -1) return;
    if (selectors.length < maxStyleChars) yield { selectors, body: plain.slice(open + 1, close) };
    at = close + 1;
  }
}

function withoutComments(sheet: string): string {
  return sheet
    .split('/*')
    .map((piece, index) => (index === 0 ? piece : piece.slice(piece.indexOf('*/') + 2 || piece.length + 2)))
    .join('');
}

function endOfBlock(sheet: string, open: number): number {
  let depth = 0;
  for (let at = open; at < sheet.length; at += 1) {
    if (sheet[at] === '{') depth += 1;
    else if (sheet[at] === '}' && --depth === 0) return at + 1;
  }
  return sheet.length;
}

function isTiny(size: string): boolean {
  const [, number, unit] = /^(\d*\.?\d+)(px|pt|em|rem|%)?$/.exec(size) ?? [];
  if (number === undefined) return false;
  const least = unit === 'em' || unit === 'rem' ? 0.2 : unit === '%' ? 15 : 3;
  return Number(number) < least;
}

function fontSizeOf(font: string): string {
  return /(?:^|\s)(\d*\.?\d+(?:px|pt|em|rem|%))/.exec(font)?.[1] ?? '';
}

function isFaint(opacity: string): boolean {
  const number = opacity.endsWith('%') ? Number(opacity.slice(0, -1)) / 100 : Number(opacity);
  return opacity !== '' && number <= 0.05;
}

function isFarAway(offset: string): boolean {
  const [, number] = /^-(\d+)(?:px|pt|em|rem|%|vw|vh)?$/.exec(offset) ?? [];
  return number !== undefined && Number(number) >= 500;
}

function colourWithin(background: string): Rgb | undefined {
  for (const word of background.match(/#[0-9a-f]{3,8}|rgba?\([^)]*\)|[a-z]+/g) ?? []) {
    const colour = colourOf(word);
    if (colour !== undefined) return colour;
  }
  return undefined;
}

function colourOf(given: string): Rgb | undefined {
  const text = given.trim().toLowerCase();
  const known = Object.hasOwn(named, text) ? named[text] : undefined;
  if (known !== undefined) return known;
  const [, hex] = /^#?([0-9a-f]{6}|[0-9a-f]{3})(?:[0-9a-f]{2})?$/.exec(text) ?? [];
  if (hex !== undefined) {
    const long = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const numbers = /^rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})/.exec(text);
  return numbers === null ? undefined : [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
}
