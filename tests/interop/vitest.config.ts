import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Waiting for a server, a browser or a convergence; the idle check sets its own.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // On a busy machine a page takes its time; nothing waits longer than it must.
    expect: { poll: { timeout: 20_000 } },
    // The idle check only waits: with a worker more than cores it costs no time of its own.
    maxWorkers: 3,
    server: {
      // 1.5.4 ships ES modules without saying so in its package.json.
      deps: { inline: ['y-websocket-1'] },
    },
  },
})
