import { jobStates } from './generated/types';
import type { JobState, StateCounts } from './generated/types';

/** The final states, of which no job leaves by itself. */
export const FINAL: readonly JobState[] = ['completed', 'discarded', 'cancelled'];

export const NO_JOBS: StateCounts = {
  scheduled: 0,
  available: 0,
  running: 0,
  retryable: 0,
  completed: 0,
  discarded: 0,
  cancelled: 0,
};

export function plus(one: StateCounts, other: StateCounts): StateCounts {
  return Object.fromEntries(jobStates.map((state) => [state, one[state] + other[state]])) as unknown as StateCounts;
}

export function total(counts: StateCounts): number {
  return jobStates.reduce((sum, state) => sum + counts[state], 0);
}

export function finished(counts: StateCounts): number {
  return FINAL.reduce((sum, state) => sum + counts[state], 0);
}
