/**
 * A message's text in parts: code blocks between lines of three backticks, `code`, links, mentions.
 * Nothing else of Markdown: what people type is shown as they typed it.
 */

export type Block = { kind: 'text'; parts: Inline[] } | { kind: 'code'; language: string; code: string };

export type Inline =
  | { kind: 'plain' | 'code' | 'mention'; text: string }
  | { kind: 'link'; text: string; href: string };

/** A fence, its language, its code up to the closing fence or the end. */
const FENCE = /^```([\w+#.-]*)[^\S\n]*\n([\s\S]*?)(?:\n```[^\S\n]*$|$(?![\s\S]))/gmu;

/** In this order at each place: code, a link, a mention that no word precedes. */
const INLINE = /`([^`\n]+)`|\b(https?:\/\/[^\s<>"'`]+|mailto:[^\s<>"'`]+)|(?<![\w@/.])(@[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])/gu;

/** Punctuation that ends a sentence, not a link. */
const TRAILING = '.,;:!?…';

export function parseMessage(text: string): Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const match of text.matchAll(FENCE)) {
    pushText(blocks, text.slice(end, match.index));
    blocks.push({ kind: 'code', language: match[1] ?? '', code: match[2] ?? '' });
    end = match.index + match[0].length;
  }
  pushText(blocks, text.slice(end));
  return blocks;
}

function pushText(blocks: Block[], text: string): void {
  const trimmed = text.replace(/^\n|\n$/gu, '');
  if (trimmed !== '') blocks.push({ kind: 'text', parts: parseInline(trimmed) });
}

function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  const plainUpTo = (at: number): void => {
    if (at > end) parts.push({ kind: 'plain', text: text.slice(end, at) });
  };
  for (const match of text.matchAll(INLINE)) {
    const part = toPart(match);
    if (part === null) continue;
    plainUpTo(match.index);
    parts.push(part);
    end = match.index + (part.kind === 'code' ? match[0].length : part.text.length);
  }
  plainUpTo(text.length);
  return parts;
}

function toPart([, code, link, mention]: RegExpMatchArray): Inline | null {
  if (code !== undefined) return { kind: 'code', text: code };
  if (mention !== undefined) return { kind: 'mention', text: mention };
  const text = withoutTrailing(link ?? '');
  const href = safeHref(text);
  return href === null ? null : { kind: 'link', text, href };
}

/** A closing bracket belongs to the link if it was opened in it, as in Wikipedia's addresses. */
function withoutTrailing(link: string): string {
  let unopened = link.split(')').length - link.split('(').length;
  let end = link.length;
  while (end > 0) {
    const last = link.charAt(end - 1);
    if (last === ')' && unopened > 0) unopened -= 1;
    else if (!TRAILING.includes(last)) break;
    end -= 1;
  }
  return link.slice(0, end);
}

const SAFE_PROTOCOLS = ['http:', 'https:', 'mailto:'];

/** The address as the browser understands it, unless it could do more than open a page. */
export function safeHref(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return SAFE_PROTOCOLS.includes(protocol) ? href : null;
}
