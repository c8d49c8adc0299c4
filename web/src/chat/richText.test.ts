import { expect, test } from 'vitest';
import { parseMessage, safeHref, type Inline } from './richText';

function inline(text: string): Inline[] {
  return parseMessage(text).flatMap((block) => (block.kind === 'text' ? block.parts : []));
}

const links = (text: string): string[] => inline(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

test('links_are_found_without_the_punctuation_around_them', () => {
  expect(links('see https://example.org/a?b=c, and (http://x.org).')).toEqual(['https://example.org/a?b=c', 'http://x.org/']);
  expect(links('https://en.wikipedia.org/wiki/Rust_(language)')).toEqual(['https://en.wikipedia.org/wiki/Rust_(language)']);
  expect(links('mailto:ada@example.org')).toEqual(['mailto:ada@example.org']);
});

test('nothing_that_could_run_becomes_a_link', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'https://']) {
    expect(links(text), text).toEqual([]);
    expect(safeHref(text), text).toBeNull();
  }
});

test('code_is_shown_as_it_is', () => {
  expect(parseMessage('look:\n```rust\nfn main() {}\n```\nnice')).toEqual([
    { kind: 'text', parts: [{ kind: 'plain', text: 'look:' }] },
    { kind: 'code', language: 'rust', code: 'fn main() {}' },
    { kind: 'text', parts: [{ kind: 'plain', text: 'nice' }] },
  ]);
  expect(parseMessage('```\nhttps://a.org\n@ada')).toEqual([{ kind: 'code', language: '', code: 'https://a.org\n@ada' }]);
  expect(inline('`https://a.org` and ``')).toEqual([
    { kind: 'code', text: 'https://a.org' },
    { kind: 'plain', text: ' and ``' },
  ]);
});

test('mentions_stand_alone', () => {
  expect(inline('@ada: mail ada@example.org')).toEqual([
    { kind: 'mention', text: '@ada' },
    { kind: 'plain', text: ': mail ada@example.org' },
  ]);
});

test('all_of_the_text_is_shown', () => {
  for (const text of ['a\n\nb', '``` no fence', '```js x\ny', 'ends with `', '@', 'http://[', '🙂 @zoë!']) {
    const shown = parseMessage(text).map((block) =>
      block.kind === 'code' ? block.code : block.parts.map((part) => part.text).join(''),
    );
    expect(shown.join(''), text).toBe(text);
  }
});

test('a_long_message_takes_no_longer_than_its_length', () => {
  for (const text of ['```\n'.repeat(2_000), '`'.repeat(8_000), `https://${')'.repeat(8_000)}`, '@'.repeat(8_000)]) {
    expect(parseMessage(text).length).toBeGreaterThan(0);
  }
});
