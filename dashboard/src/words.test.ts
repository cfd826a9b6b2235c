import { expect, test } from 'vitest';
import type { JobState, JobView } from './generated/types';
import { explain } from './words';

const NOW = Date.parse('2026-01-31T12:00:00Z');

const job = (state: JobState, more: Partial<Record<keyof JobView, unknown>> = {}) =>
  ({
    state,
    attempt: 2,
    maxAttempts: 25,
    attempts: [],
    worker: 7,
    dueAt: '2026-01-31T12:04:00Z',
    startedAt: '2026-01-31T11:59:48Z',
    finishedAt: null,
    ...more,
  }) as unknown as JobView;

test.each([
  [job('scheduled'), 'Waits for its time, which comes in 4 min.'],
  [job('available', { attempt: 0 }), 'Any worker may take it now; none has yet.'],
  [job('available', { attempt: 1 }), 'Any worker may take it now, for attempt 2 of 25.'],
  [job('running'), 'Attempt 2 of 25 runs on node 7, started 12 s ago.'],
  [job('retryable'), 'Attempt 2 of 25 failed; the next may start in 4 min.'],
  [job('completed', { finishedAt: '2026-01-31T11:59:49.5Z' }), 'Attempt 2 of 25 completed on node 7 after 1.50 s.'],
  [job('discarded'), 'Given up after attempt 2 of 25, and kept with the reason.'],
  [job('cancelled', { finishedAt: '2026-01-31T11:00:00Z' }), 'Called off 1 h ago.'],
  [job('frozen' as JobState), ''],
])('%o', (one, sentence) => {
  expect(explain(one, NOW)).toBe(sentence);
});
