import { defineConfig } from 'vitest/config';

/**
 * Tests with real parts: API servers, databases, Git servers, built programs. Two files at a time, also where there are
 * more cores: they wait more than they work, and each starts several servers.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
