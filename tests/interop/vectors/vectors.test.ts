import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { files, folder, render } from './files.mjs'

test.each(Object.entries(files()))('%s is what the reference packages write', (name, contents) => {
  expect(readFileSync(new URL(name, folder), 'utf8')).toBe(render(contents))
})
