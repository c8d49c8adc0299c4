/** Error codes: those of PROTOCOL section 6, no more, no less. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RELAY_ERROR_CODES } from '../src-ts/errors.js';

test('the codes are those of the protocol', async () => {
  const protocol = await readFile(new URL('../../PROTOCOL.md', import.meta.url), 'utf8');
  const section = protocol.slice(protocol.indexOf('## 6.'));
  const names = [...section.matchAll(/^\| \d+ \| `(\w+)`/gm)].map((match) => match[1]);
  expect(RELAY_ERROR_CODES).toEqual(names);
});
