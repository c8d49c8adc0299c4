import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/relay.setup.ts',
    // Starting a relay on a busy machine; nothing waits for time to pass.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
