/**
 * The module compiled for speed: `connect(url, room, { wasm: fast })`. More to download than the
 * default, faster at large documents and long histories. Built by `cargo xtask wasm --fast`.
 */
export const fast: URL = new URL('../pkg/fast/collab_wasm_bg.wasm', import.meta.url);
