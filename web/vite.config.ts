import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './compress';
import { preloadDocuments } from './preload';

/** Where `npm run dev` finds a relay. */
const RELAY = process.env['COLLAB_RELAY'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), preloadDocuments(), compress()],
  // Pre-bundling would part the package from the WASM file beside it.
  optimizeDeps: { exclude: ['collab-wasm'] },
  server: { proxy: { '/sync': { target: RELAY, ws: true } } },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    sourcemap: false,
    // Monaco's core is one chunk of about this size; it loads after the first paint.
    chunkSizeWarningLimit: 4096,
  },
});
