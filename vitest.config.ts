import { defineConfig } from 'vitest/config';

/** Unit tests only: no processes, no network, no clock. What needs real parts lives in `test/`. */
export default defineConfig({
  test: {
    include: ['{apps,libs}/**/src/**/*.spec.ts'],
    testTimeout: 20_000,
  },
});
