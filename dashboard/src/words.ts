import type { JobView } from './generated/types';
import { duration, relative } from './time';

/** Where a job stands and what comes next, in one sentence. */
export function explain(job: JobView, now: number): string {
  const of = `${job.attempt} of ${job.maxAttempts}`;
  const when = (at: string | null) => (at === null ? '' : ` ${relative(Date.parse(at), now)}`);
  const node = job.worker === null ? '' : ` on node ${job.worker}`;
  switch (job.state) {
    case 'scheduled':
      return `Waits for its time, which comes${when(job.dueAt)}.`;
    case 'available':
      return job.attempt === 0 && job.attempts.length === 0
        ? 'Any worker may take it now; none has yet.'
        : `Any worker may take it now, for attempt ${job.attempt + 1} of ${job.maxAttempts}.`;
    case 'running':
      return `Attempt ${of} runs${node}, started${when(job.startedAt)}.`;
    case 'retryable':
      return `Attempt ${of} failed; the next may start${when(job.dueAt)}.`;
    case 'completed':
      return `Attempt ${of} completed${node}${took(job) === null ? '' : ` after ${took(job)}`}.`;
    case 'discarded':
      return `Given up after attempt ${of}, and kept with the reason.`;
    case 'cancelled':
      return `Called off${when(job.finishedAt)}.`;
    default:
      return '';
  }
}

/** How long the attempt took that ended the job; null of one that has not ended or never ran. */
export function took(job: JobView): string | null {
  return job.startedAt === null || job.finishedAt === null
    ? null
    : duration(Date.parse(job.finishedAt) - Date.parse(job.startedAt));
}
