import type { JobEventView, JobId, JobPage, JobState, JobHeadView } from '../generated/types';
import type { Facets } from '../route';
import { FINAL } from '../states';

/** A row of the list, which may show a job that is no longer in the filter: it stays where it is while it is looked at. */
export interface Row {
  readonly job: JobHeadView;
  /** Whether the job has left the filter since the row was placed. */
  readonly left: boolean;
}

/**
 * A page of jobs that changes while somebody looks at it. Rows change in place; they move, come and go only when the list is
 * read while nobody holds it, that is, while no pointer, focus or selection is on it.
 */
export interface JobList {
  readonly rows: readonly Row[];
  readonly next: string | null;
  /** Jobs of this page that are not shown yet, because the list was held when they came. At most {@link MOST_UNSEEN}. */
  readonly unseen: ReadonlySet<JobId>;
}

export const MOST_UNSEEN = 1_000;

export function placed(page: JobPage): JobList {
  return { rows: page.jobs.map((job) => ({ job, left: false })), next: page.next, unseen: new Set() };
}

/** Takes in what was read of the page. */
export function read(list: JobList | null, page: JobPage, facets: Facets, held: boolean): JobList {
  if (list === null || list.rows.length === 0 || !held) {
    return placed(page);
  }
  const fresh = new Map(page.jobs.map((job) => [job.id, job]));
  const rows = list.rows.map((row) => {
    const job = fresh.get(row.job.id);
    fresh.delete(row.job.id);
    return job ? { job, left: false } : { job: row.job, left: !inState(row.job.state, facets) };
  });
  return { rows, next: list.next, unseen: bounded(fresh.keys()) };
}

/** Takes in that a job came into a state: in its row if it has one, else as one more that is not shown yet. */
export function event(list: JobList, told: JobEventView, facets: Facets): JobList {
  const matches = inState(told.state, facets);
  if (list.rows.some((row) => row.job.id === told.id)) {
    return {
      ...list,
      rows: list.rows.map((row) =>
        row.job.id === told.id ? { job: inNewState(row.job, told), left: !matches } : row,
      ),
    };
  }
  if (matches === list.unseen.has(told.id) || !concerns(told, facets)) {
    return list;
  }
  if (matches && list.unseen.size === MOST_UNSEEN) {
    return list;
  }
  const unseen = new Set(list.unseen);
  if (matches) {
    unseen.add(told.id);
  } else {
    unseen.delete(told.id);
  }
  return { ...list, unseen };
}

/** What an event says of a job; the times in it are near enough until the list is read again. */
function inNewState(job: JobHeadView, told: JobEventView): JobHeadView {
  return told.state === job.state
    ? job
    : {
        ...job,
        state: told.state,
        dueAt: null,
        startedAt: told.state === 'running' ? told.at : job.startedAt,
        finishedAt: FINAL.includes(told.state) ? told.at : null,
      };
}

function inState(state: JobState, facets: Facets): boolean {
  return facets.states.length === 0 || facets.states.includes(state);
}

function concerns(told: JobEventView, facets: Facets): boolean {
  return (facets.queue ?? told.queue) === told.queue && (facets.kind ?? told.kind) === told.kind;
}

function bounded(ids: Iterable<JobId>): ReadonlySet<JobId> {
  const set = new Set<JobId>();
  for (const id of ids) {
    if (set.size === MOST_UNSEEN) {
      break;
    }
    set.add(id);
  }
  return set;
}
