import { defineConfig } from 'vitest/config';

/** Tests with real parts: API servers, databases, Git servers, built programs. One file at a time: the machine has two cores. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    sequence: { groupOrder: 0 },
  },
});
