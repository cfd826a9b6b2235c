// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { QueueName, QueueView, Stats } from './generated/types';
import { server } from './server.svelte';
import { NO_JOBS } from './states';

const queue = (name: string, available: number): QueueView => ({
  name: name as QueueName,
  backend: 'default',
  paused: false,
  jobs: { ...NO_JOBS, available },
});

test('the jobs of the first queues are not taken for those of all', () => {
  server.sawQueues({ queues: [queue('a', 1), queue('b', 2)], next: null });
  expect(server.jobs).toEqual({ ...NO_JOBS, available: 3 });
  expect(server.jobsOf('b' as QueueName)).toEqual({ ...NO_JOBS, available: 2 });
  expect(server.jobsOf('z' as QueueName)).toEqual(NO_JOBS);

  server.sawQueues({ queues: [queue('a', 1), queue('b', 2)], next: 'b' });
  expect(server.jobs).toBeNull();
  expect(server.jobsOf('b' as QueueName)).toEqual({ ...NO_JOBS, available: 2 });
  expect(server.jobsOf('z' as QueueName)).toBeNull();

  server.stats = { queues: 3, jobs: { ...NO_JOBS, available: 9 } } as Stats;
  expect(server.jobs).toEqual({ ...NO_JOBS, available: 9 });
});
