import { describe, expect, test } from 'vitest';
import type { Instant, JobEventView, JobId, JobPage, JobState, JobHeadView, KindName, QueueName } from '../generated/types';
import { NO_FACETS } from '../route';
import type { Facets } from '../route';
import { MOST_UNSEEN, event, placed, read } from './joblist';
import type { JobList } from './joblist';

const AT = '2026-01-31T12:00:00Z' as Instant;
const RUNNING: Facets = { ...NO_FACETS, states: ['running'] };

function job(id: string, state: JobState = 'running'): JobHeadView {
  return {
    id: id as JobId,
    queue: 'mail' as QueueName,
    kind: 'mail.welcome' as KindName,
    state,
    priority: 4,
    attempt: 1,
    maxAttempts: 25,
    createdAt: AT,
    dueAt: null,
    startedAt: AT,
    finishedAt: null,
    error: null,
  };
}

const page = (...jobs: JobHeadView[]): JobPage => ({ jobs, next: 'older' });
const told = (id: string, state: JobState, queue = 'mail'): JobEventView => ({
  id: id as JobId,
  queue: queue as QueueName,
  kind: 'mail.welcome' as KindName,
  state,
  at: AT,
});
const ids = (list: JobList) => list.rows.map((row) => row.job.id);

describe('while somebody holds the list', () => {
  test('no row moves, comes or goes, whatever is read', () => {
    const before = placed(page(job('c'), job('b'), job('a')));
    const after = read(before, page(job('e'), job('d'), job('b'), job('c')), RUNNING, true);
    expect(ids(after)).toEqual(['c', 'b', 'a']);
    expect(after.next).toBe('older');
    expect([...after.unseen]).toEqual(['e', 'd']);
  });

  test('rows change in place', () => {
    const before = placed(page(job('b'), job('a')));
    const after = read(before, page({ ...job('a'), attempt: 2 }), NO_FACETS, true);
    expect(after.rows.map((row) => row.job.attempt)).toEqual([1, 2]);
  });

  test('a job that left the filter stays where it is and is marked, until it is back', () => {
    let list = event(placed(page(job('b'), job('a'))), told('b', 'completed'), RUNNING);
    expect(list.rows[0]).toMatchObject({ job: { id: 'b', state: 'completed', finishedAt: AT }, left: true });
    list = read(list, page(job('a')), RUNNING, true);
    expect(list.rows.map((row) => row.left)).toEqual([true, false]);
    list = event(list, told('b', 'running'), RUNNING);
    expect(list.rows[0]!.left).toBe(false);
  });

  test('a job that only fell off the page is not marked as having left', () => {
    const list = read(placed(page(job('a'))), page(job('b')), RUNNING, true);
    expect(list.rows[0]!.left).toBe(false);
  });
});

describe('when nobody holds the list', () => {
  test('it is what was read', () => {
    const before = placed(page(job('b'), job('a')));
    const after = read(before, page(job('d'), job('b')), RUNNING, false);
    expect(ids(after)).toEqual(['d', 'b']);
    expect(after.unseen.size).toBe(0);
  });

  test('events were missed: reading puts everything right', () => {
    let list = event(placed(page(job('a'))), told('z', 'running'), RUNNING);
    expect(list.unseen.size).toBe(1);
    list = read(list, page(job('y'), job('x')), RUNNING, false);
    expect(ids(list)).toEqual(['y', 'x']);
    expect(list.unseen.size).toBe(0);
  });
});

describe('an event', () => {
  const list = placed(page(job('b'), job('a')));

  test('of a new job counts it once, and until it leaves the filter', () => {
    let counted = event(list, told('c', 'running'), RUNNING);
    counted = event(counted, told('c', 'running'), RUNNING);
    expect([...counted.unseen]).toEqual(['c']);
    expect(ids(counted)).toEqual(['b', 'a']);
    expect(event(counted, told('c', 'completed'), RUNNING).unseen.size).toBe(0);
  });

  test('of a job outside of the filter changes nothing', () => {
    expect(event(list, told('c', 'available'), RUNNING)).toBe(list);
    expect(event(list, told('c', 'running', 'other'), { ...RUNNING, queue: 'mail' as QueueName })).toBe(list);
  });

  test('is counted up to a bound', () => {
    let flooded = list;
    for (let i = 0; i < MOST_UNSEEN + 5; i++) {
      flooded = event(flooded, told(`n${i}`, 'running'), RUNNING);
    }
    expect(flooded.unseen.size).toBe(MOST_UNSEEN);
  });
});

test('an empty list shows what comes, held or not', () => {
  expect(ids(read(placed({ jobs: [], next: null }), page(job('a')), NO_FACETS, true))).toEqual(['a']);
});
