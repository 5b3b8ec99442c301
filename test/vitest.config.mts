import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs Node alone. `parts` runs on the real etcd, API server and Argo CD: one file after
 * the other, for a machine of two cores.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['default', fileURLToPath(new URL('closing-line.mts', import.meta.url))],
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.parts.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'parts',
          include: ['test/**/*.parts.test.ts'],
          globalSetup: fileURLToPath(new URL('parts-setup.mts', import.meta.url)),
          fileParallelism: false,
          testTimeout: 400_000,
          hookTimeout: 3_600_000,
        },
      },
    ],
  },
});
