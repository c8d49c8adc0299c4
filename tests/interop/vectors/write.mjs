// Writes the golden vectors of `collab-core/tests/vectors/` with the JavaScript reference packages.
// Run it by `npm run vectors -w tests/interop`. `vectors.test.ts` fails where a committed file is
// not what this writes.
import { mkdir, writeFile } from 'node:fs/promises'
import { files, folder, render } from './files.mjs'

await mkdir(folder, { recursive: true })
for (const [name, contents] of Object.entries(files())) {
  await writeFile(new URL(name, folder), render(contents))
}
