import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,providers,test}/**/*.test.ts'],
    // Native engines abort a process whose worker thread is ended inside a call, so tests run in processes.
    pool: 'forks',
    maxWorkers: 2,
    // Timing is asserted as well as content, and a shared machine stalls now and then: a second failure is a real one.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
