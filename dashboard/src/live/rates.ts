import type { StateCounts } from '../generated/types';
import { finished, total } from '../states';

/** How many jobs there ever were, and how many of them had ended, at a time. */
export interface Sample {
  /** Milliseconds on one clock. */
  readonly at: number;
  readonly enqueued: number;
  readonly finished: number;
}

/** Jobs per second in each step of time, oldest first; null where nothing is known. */
export interface Rates {
  readonly enqueued: readonly (number | null)[];
  readonly finished: readonly (number | null)[];
}

export const SPAN = 300_000;
export const STEP = 5_000;
/** Samples further apart than this say nothing about the time between them. */
const GAP = 30_000;

export function sample(at: number, counts: StateCounts): Sample {
  return { at, enqueued: total(counts), finished: finished(counts) };
}

/** Adds a sample and drops what is older than the span. */
export function add(samples: readonly Sample[], next: Sample): readonly Sample[] {
  return [...samples.filter((one) => one.at > next.at - SPAN - GAP && one.at < next.at), next];
}

/**
 * The rates over the span before now. They are differences of counts, so an event that was missed or told twice does not
 * change them. A count that falls, as when a job is tried again, counts as nothing.
 */
export function rates(samples: readonly Sample[], now: number): Rates {
  const end = Math.floor(now / STEP) * STEP;
  const marks = Array.from({ length: SPAN / STEP + 1 }, (_, i) => known(samples, end - SPAN + i * STEP));
  const per = (field: 'enqueued' | 'finished') =>
    marks.slice(1).map((to, i) => {
      const from = marks[i];
      return from && to ? Math.max(0, to[field] - from[field]) / (STEP / 1_000) : null;
    });
  return { enqueued: per('enqueued'), finished: per('finished') };
}

/** The counts at a time, on a line between the samples around it; after the last one they are taken to stand for a while. */
function known(samples: readonly Sample[], at: number): Sample | null {
  const after = samples.findIndex((one) => one.at >= at);
  const before = after < 0 ? samples.at(-1) : samples[after - 1];
  const next = after < 0 ? undefined : samples[after]!;
  if (next?.at === at) {
    return next;
  }
  if (!before) {
    return null;
  }
  if (!next) {
    return at - before.at <= GAP ? { ...before, at } : null;
  }
  if (next.at - before.at > GAP) {
    return null;
  }
  const share = (at - before.at) / (next.at - before.at);
  return {
    at,
    enqueued: before.enqueued + share * (next.enqueued - before.enqueued),
    finished: before.finished + share * (next.finished - before.finished),
  };
}

/** The last rate that is known. */
export function latest(series: readonly (number | null)[]): number | null {
  return series.at(-1) ?? null;
}
