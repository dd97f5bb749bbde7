import { Parser } from 'htmlparser2';
import {
  declarations,
  type HidingRules,
  hides,
  hidingRules,
  isInvisible,
  type Look,
  lookWithin,
  plainLook,
} from './styles.ts';

/** The text of a page, and what of it nobody would have seen. */
export interface PageText {
  text: string;
  /** Elements that were left out with all that they hold. */
  hiddenElements: number;
  /** Characters of text within them. */
  hiddenChars: number;
}

const unread = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'svg',
  'math',
  'object',
  'iframe',
  'select',
  'textarea',
  'noframes',
  'audio',
  'video',
  'canvas',
]);
const blocks = new Set([
  'p',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'table',
  'tr',
  'ul',
  'ol',
  'dl',
  'dt',
  'dd',
  'blockquote',
  'pre',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'form',
  'fieldset',
  'center',
  'address',
  'hr',
  'li',
  'main',
  'nav',
  'aside',
  'figure',
]);
const voids = new Set([
  'br',
  'hr',
  'img',
  'input',
  'meta',
  'link',
  'col',
  'area',
  'base',
  'embed',
  'source',
  'track',
  'wbr',
]);
const maxDepth = 10_000;
const maxLinkChars = 300;

interface Open {
  name: string;
  look: Look;
  /** Nothing below is seen. */
  isHidden: boolean;
  href: string | null;
  textBefore: number;
}

/**
 * The text of an HTML page as a person would see it: without what is hidden by style, size, place or colour, with `>` before
 * what is quoted and the address behind a link that says something else. Nothing is fetched. One pass, so that its time
 * grows with the length whatever the nesting.
 */
export function textOfPage(page: string): PageText {
  const rules = hidingRules(sheetsOf(page));
  const writer = new Writer(rules);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      onclosetag: (name) => writer.close(name),
      ontext: (text) => writer.write(text),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(page);
  parser.end();
  return writer.result();
}

function sheetsOf(page: string): string {
  const sheets: string[] = [];
  let isSheet = false;
  const parser = new Parser({
    onopentagname: (name) => (isSheet = name === 'style'),
    ontext: (text) => {
      if (isSheet) sheets.push(text);
    },
    onclosetag: () => (isSheet = false),
  });
  parser.write(page);
  parser.end();
  return sheets.join('\n');
}

class Writer {
  readonly #rules: HidingRules;
  readonly #open: Open[] = [];
  readonly #pieces: string[] = [];
  #length = 0;
  #quoteDepth = 0;
  #preDepth = 0;
  /** Elements that are open beyond the depth that is followed; they look like the last one that is. */
  #deeper = 0;
  #hiddenElements = 0;
  #hiddenChars = 0;
  #newlines = 2;
  #endsWithSpace = false;

  constructor(rules: HidingRules) {
    this.#rules = rules;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.#open.length >= maxDepth && !voids.has(name)) {
      this.#deeper += 1;
      return;
    }
    const outer = this.#open.at(-1);
    const style = declarations(attributes['style'] ?? '');
    const look = lookWithin(outer?.look ?? plainLook, style, attributes);
    const isHidden = outer?.isHidden === true || unread.has(name) || this.#hidden(name, attributes, style);
    if (isHidden && outer?.isHidden !== true && !unread.has(name)) this.#hiddenElements += 1;
    if (!isHidden) this.#begin(name);
    if (voids.has(name)) return;
    if (!isHidden && name === 'blockquote') this.#quoteDepth += 1;
    if (!isHidden && name === 'pre') this.#preDepth += 1;
    const href = name === 'a' && !isHidden ? (attributes['href'] ?? null) : null;
    this.#open.push({ name, look, isHidden, href, textBefore: this.#pieces.length });
  }

  close(name: string): void {
    if (voids.has(name)) return;
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    if (this.#open.at(-1)?.name !== name) return;
    const { isHidden, href, textBefore } = this.#open.pop() as Open;
    if (isHidden) return;
    if (href !== null) this.#link(href, textBefore);
    if (name === 'pre') this.#preDepth -= 1;
    if (name === 'td' || name === 'th') this.#put(' ');
    if (blocks.has(name)) this.#line(name === 'p' || /^h\d$/.test(name) ? 2 : 1);
    if (name === 'blockquote') this.#quoteDepth -= 1;
  }

  write(text: string): void {
    const inside = this.#open.at(-1);
    if (inside !== undefined && unread.has(inside.name)) return;
    if (inside?.isHidden === true || (inside !== undefined && isInvisible(inside.look))) {
      const length = text.trim().length;
      // Text in the colour of its background is an element's own.
      if (length > 0 && !inside.isHidden) this.#hiddenElements += 1;
      if (!this.#open.some(({ name }) => unread.has(name))) this.#hiddenChars += length;
      return;
    }
    if (this.#preDepth > 0) {
      text.split('\n').forEach((line, index) => {
        if (index > 0) this.#line(1);
        this.#put(line);
      });
      return;
    }
    const words = text.replaceAll(/[ \t\n\r\f\u00A0]+/g, ' ');
    if (words === ' ' && (this.#newlines > 0 || this.#endsWithSpace)) return;
    this.#put(this.#newlines > 0 || this.#endsWithSpace ? words.trimStart() : words);
  }

  result(): PageText {
    return {
      text: this.#pieces.join(''),
      hiddenElements: this.#hiddenElements,
      hiddenChars: this.#hiddenChars,
    };
  }

  #hidden(name: string, attributes: Record<string, string>, style: ReadonlyMap<string, string>): boolean {
    const { classes, ids, tags } = this.#rules;
    return (
      Object.hasOwn(attributes, 'hidden') ||
      hides(style) ||
      (name === 'font' && attributes['size'] === '0') ||
      (name === 'input' && attributes['type'] === 'hidden') ||
      tags.has(name) ||
      ids.has(attributes['id'] ?? '') ||
      (attributes['class'] ?? '').split(/\s+/).some((word) => classes.has(word))
    );
  }

  #begin(name: string): void {
    if (name === 'br') this.#pushLine();
    else if (blocks.has(name)) this.#line(name === 'p' || /^h\d$/.test(name) ? 2 : 1);
    if (name === 'li') this.#put('- ');
  }

  /** The address behind a link whose words are not the address. */
  #link(href: string, textBefore: number): void {
    const words = this.#pieces.slice(textBefore).join('').trim();
    const address = href
      .trim()
      .replaceAll(/[\p{C}\s]/gu, '')
      .slice(0, maxLinkChars);
    if (!/^(?:https?|mailto):/i.test(address) || words === '') return;
    const bare = address.replace(/^mailto:|^https?:\/\/(?:www\.)?/i, '').replace(/\/$/, '');
    if (words.includes(address) || words.replace(/^https?:\/\/(?:www\.)?/i, '').replace(/\/$/, '') === bare)
      return;
    this.#put(` <${address}>`);
  }

  #line(wanted: number): void {
    while (this.#newlines < wanted) this.#pushLine();
  }

  #pushLine(): void {
    if (this.#length === 0) return;
    this.#push('\n');
    this.#newlines += 1;
    this.#endsWithSpace = false;
  }

  #put(text: string): void {
    if (text === '') return;
    if (this.#newlines > 0 && this.#quoteDepth > 0)
      this.#push(`${'>'.repeat(Math.min(this.#quoteDepth, 8))} `);
    this.#push(text);
    this.#newlines = 0;
    this.#endsWithSpace = text.endsWith(' ');
  }

  #push(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
}
