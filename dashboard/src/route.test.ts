import { describe, expect, test } from 'vitest';
import { href, parse } from './route';

describe('the address bar', () => {
  test.each([
    '#/',
    '#/queues',
    '#/jobs',
    '#/jobs?state=running',
    '#/jobs?state=available,retryable&queue=mail&kind=mail.welcome&cursor=01h_x-',
    '#/jobs/01h000000000a',
  ])('holds the whole state of %s', (address) => {
    expect(href(parse(address))).toBe(address);
  });

  test.each([
    ['', { screen: 'overview' }],
    ['#', { screen: 'overview' }],
    ['#/queues/', { screen: 'queues' }],
    ['#/jobs/01H000000000A', { screen: 'nowhere', path: '/jobs/01H000000000A' }],
    ['#/jobs/x', { screen: 'nowhere', path: '/jobs/x' }],
    ['#/workers', { screen: 'nowhere', path: '/workers' }],
  ])('%j is understood', (address, route) => {
    expect(parse(address)).toEqual(route);
  });

  test('passes over filters that make no sense', () => {
    expect(parse('#/jobs?state=running,nonsense,<b>&queue=No%20Queue&kind=&cursor=&other=1')).toEqual({
      screen: 'jobs',
      states: ['running'],
      queue: null,
      kind: null,
      cursor: null,
    });
  });

  test('has the states in one order, each once', () => {
    expect(href(parse('#/jobs?state=discarded,scheduled,discarded'))).toBe('#/jobs?state=scheduled,discarded');
  });

  test('escapes a cursor, whatever is in it', () => {
    const route = { screen: 'jobs', states: [], queue: null, kind: null, cursor: 'a&b=c #,+%/?' } as const;
    expect(parse(href(route))).toEqual(route);
  });
});
