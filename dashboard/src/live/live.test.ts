// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FollowEventsHandlers, FollowEventsQuery } from '../generated/client';
import { Live } from './live.svelte';

/** The streams that were opened, newest last, with what the browser would call. */
let streams: { query: FollowEventsQuery; on: FollowEventsHandlers; closed: boolean }[];
let reads: number;
let live: Live;
let stops: (() => void)[];

const stream = () => streams.at(-1)!;
const open = () => streams.filter((one) => !one.closed).length;

function hide(hidden: boolean) {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  reads = 0;
  stops = [];
  live = new Live((query, on) => {
    const one = { query, on, closed: false };
    streams.push(one);
    return () => (one.closed = true);
  });
});

afterEach(() => {
  stops.forEach((stop) => stop());
  hide(false);
  vi.useRealTimers();
});

const follow = (query: FollowEventsQuery = {}) => {
  const stop = live.follow(query, { reread: () => reads++ });
  stops.push(stop);
  return stop;
};

describe('a screen reads', () => {
  test('once the stream is open, so that nothing falls in between', () => {
    follow();
    expect(reads).toBe(0);
    stream().on.opened!();
    expect([reads, live.status, live.notice]).toEqual([1, 'live', '']);
    vi.advanceTimersByTime(10_000);
    expect(reads).toBe(1);
  });

  test('without the stream if that takes long, and again once it is open', () => {
    follow();
    vi.advanceTimersByTime(250);
    expect(reads).toBe(1);
    stream().on.opened!();
    expect(reads).toBe(2);
  });

  test('at once if the stream is refused', () => {
    follow();
    stream().on.lost!(true);
    expect([reads, live.status]).toEqual([1, 'lost']);
  });

  test('anew after events were missed, and says so', () => {
    follow();
    stream().on.opened!();
    stream().on.reset!();
    expect(reads).toBe(2);
    expect(live.notice).toContain('missed');
    vi.advanceTimersByTime(6_000);
    expect(live.notice).toBe('');
  });
});

test('a stream that broke goes on by itself, without reading anew', () => {
  follow();
  stream().on.opened!();
  stream().on.lost!(false);
  expect(live.status).toBe('lost');
  stream().on.opened!();
  expect([reads, live.status, streams.length]).toEqual([1, 'live', 1]);
  expect(live.notice).toContain('where it stopped');
});

test('a stream that is over is opened again, ever less often', () => {
  follow();
  for (const wait of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const before = streams.length;
    stream().on.lost!(true);
    vi.advanceTimersByTime(wait - 1);
    expect(streams.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(streams.length).toBe(before + 1);
    expect([open(), live.status]).toEqual([1, 'lost']);
  }
  const already = reads;
  stream().on.opened!();
  expect(reads).toBe(already + 1);
});

test('a hidden tab listens to nothing; when it is seen again it reads anew and says so', () => {
  follow({ queue: null });
  stream().on.opened!();
  hide(true);
  expect([open(), live.status]).toEqual([0, 'paused']);
  hide(false);
  expect(open()).toBe(1);
  stream().on.opened!();
  expect([reads, live.status]).toEqual([2, 'live']);
  expect(live.notice).toContain('pause');
});

test('there is one stream at most, and none that nobody needs', () => {
  const first = follow();
  const second = follow();
  expect([streams.length, open()]).toEqual([2, 1]);
  first();
  expect(open()).toBe(1);
  second();
  expect(open()).toBe(0);
  hide(true);
  hide(false);
  expect(streams.length).toBe(2);
});
