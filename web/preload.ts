/**
 * Lets the page ask for the documents' WebAssembly together with its script, rather than after that was
 * loaded and has run.
 */
import type { Plugin } from 'vite';

const DOCUMENTS = /collab_wasm_bg-[^/]*\.wasm$/;

export function preloadDocuments(): Plugin {
  let entry = '';
  return {
    name: 'collab:preload-documents',
    apply: 'build',
    configResolved(config) {
      entry = config.base;
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle, chunk }) {
        // The chat has a module of its own, which is loaded later; the page's first script names the other one.
        const names = Object.keys(bundle ?? {}).filter((name) => DOCUMENTS.test(name));
        const code = [chunk, ...(chunk?.imports ?? []).map((name) => bundle?.[name])]
          .map((each) => (each?.type === 'chunk' ? each.code : ''))
          .join('');
        return names
          .filter((name) => code.includes(name.split('/').at(-1) ?? name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: `${entry}${name}` },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}
