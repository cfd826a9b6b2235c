import { afterEach, expect, test, vi } from 'vitest';
import { ApiProblem, enqueue, followEvents, getStats, listJobs, pauseQueue } from './generated/client';
import type { KindName, QueueName } from './generated/types';

afterEach(() => vi.unstubAllGlobals());

/** Answers every call with this, and keeps what was asked. */
function answer(make: () => Response): { url: string; init: RequestInit }[] {
  const asked: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return make();
  });
  return asked;
}

async function failure(call: Promise<unknown>): Promise<ApiProblem['problem']> {
  const error = await call.then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  return (error as ApiProblem).problem;
}

test('a question goes to the place of the page, with what was given only', async () => {
  const asked = answer(() => Response.json({ jobs: [], next: null }));
  await listJobs({ state: ['running', 'retryable'], queue: null, cursor: 'a&b', limit: 10 });
  expect(asked[0]!.url).toBe('api/v1/jobs?state=running%2Cretryable&cursor=a%26b&limit=10');
  await listJobs();
  expect(asked[1]!.url).toBe('api/v1/jobs');
});

test('every change says that it is JSON, also without a body', async () => {
  const asked = answer(() => Response.json({}));
  await pauseQueue('mail' as QueueName);
  expect(asked[0]).toMatchObject({ url: 'api/v1/queues/mail/pause', init: { method: 'POST', body: '{}' } });
  expect(new Headers(asked[0]!.init.headers).get('Content-Type')).toBe('application/json');
});

test('headers go with their call', async () => {
  const asked = answer(() => Response.json({ jobs: [] }));
  await enqueue([{ kind: 'sleep' as KindName, payload: { millis: 1 } }], { idempotencyKey: 'once' });
  expect(new Headers(asked[0]!.init.headers).get('Idempotency-Key')).toBe('once');
  expect(asked[0]!.init.body).toBe('[{"kind":"sleep","payload":{"millis":1}}]');
});

test('a refusal is the problem that the server told', async () => {
  const problem = { status: 409, title: 'Conflict', code: 'JOB_RUNNING', message: 'It runs.', field: null, allowed: null };
  answer(() => Response.json(problem, { status: 409, headers: { 'Content-Type': 'application/problem+json' } }));
  expect(await failure(pauseQueue('mail' as QueueName))).toEqual(problem);
});

test.each([
  () => new Response('<html>Bad gateway</html>', { status: 502 }),
  () => new Response('<html>Sign in</html>', { status: 200 }),
  () => Response.json(null, { status: 500 }),
  () => Response.json({ error: 'x' }, { status: 500 }),
])('what is not an answer of Leat is said to be none', async (make) => {
  answer(make);
  expect((await failure(getStats())).code).toBe('ANSWER_UNREADABLE');
});

test('no answer to a change leaves open whether it took effect', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect((await failure(pauseQueue('mail' as QueueName))).message).toContain('unknown');
  expect((await failure(getStats())).code).toBe('NO_ANSWER');
});

test('a call that was given up is no problem', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new DOMException('', 'AbortError')));
  await expect(getStats()).rejects.toMatchObject({ name: 'AbortError' });
});

test('events arrive by their names, as what they are', () => {
  const sources: (EventTarget & { url: string; closed: boolean })[] = [];
  class Source extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    closed = false;
    constructor(readonly url: string) {
      super();
      sources.push(this);
    }
    close() {
      this.closed = true;
    }
  }
  vi.stubGlobal('EventSource', Source);
  const told: unknown[] = [];
  const close = followEvents(
    { queue: 'mail' as QueueName },
    { job: (event) => told.push(event), reset: () => told.push('reset') },
  );
  const source = sources[0]!;
  expect(source.url).toBe('api/v1/events?queue=mail');
  source.dispatchEvent(new MessageEvent('job', { data: '{"id":"x"}' }));
  source.dispatchEvent(new MessageEvent('queues', { data: '{"queues":[],"next":null}' }));
  source.dispatchEvent(new MessageEvent('reset', { data: '{}' }));
  expect(told).toEqual([{ id: 'x' }, 'reset']);
  close();
  expect(source.closed).toBe(true);
});
