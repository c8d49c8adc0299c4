// ywasm, whose package is made for Node alone: in a browser its three Node modules are stood in for.

/** @returns {Promise<any>} */
export async function loadYwasm() {
  if (typeof process === 'object') {
    const { createRequire } = await import(/* @vite-ignore */ nodeModule)
    return createRequire(import.meta.url)('ywasm')
  }
  const [source, bytes] = await Promise.all([
    fetch('/ywasm/ywasm.js').then((response) => response.text()),
    fetch('/ywasm/ywasm_bg.wasm').then((response) => response.arrayBuffer()),
  ])
  /** @type {Record<string, unknown>} */
  const modules = {
    util: { TextDecoder, TextEncoder },
    path: { join: () => '' },
    fs: { readFileSync: () => bytes },
  }
  const module = { exports: {} }
  const require = (/** @type {string} */ name) => modules[name]
  new Function('module', 'exports', 'require', '__dirname', source)(module, module.exports, require, '')
  return module.exports
}

// In a variable, so that Vite leaves it alone.
const nodeModule = 'node:module'
