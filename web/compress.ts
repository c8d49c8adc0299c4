/**
 * Writes `.br` and `.gz` beside every file of the bundle that shrinks, for the server to send as
 * they lie. Browsers ask for Brotli only over HTTPS and on localhost, so both are needed.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const SHRINKS = /\.(js|css|html|svg|wasm|ttf)$/;

/** Quality 11 would take ten times as long for a twentieth less. */
const BROTLI_QUALITY = 9;

export function compress(): Plugin {
  let folder = '';
  return {
    name: 'collab:compress',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true });
      await Promise.all(names.filter((name) => SHRINKS.test(name)).map((name) => shrink(path.join(folder, name))));
    },
  };
}

async function shrink(file: string): Promise<void> {
  const plain = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(plain, { params }),
    promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  if (br.length < plain.length) await writeFile(`${file}.br`, br);
  if (gz.length < plain.length) await writeFile(`${file}.gz`, gz);
}
