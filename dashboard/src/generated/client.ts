// Generated from the routes and shapes of the module wire by dev.leat.codegen.TypeScript.
// Do not edit: change the Java types, then run the tests of codegen with -Dgenerated=write.
import type {
  AckJobs,
  BackendList,
  DequeueJobs,
  DequeuedJobs,
  EnqueueAnswer,
  EnqueueJob,
  ExtendJobs,
  HandleAnswers,
  JobEventView,
  JobId,
  JobPage,
  JobState,
  JobView,
  KindName,
  MoveJob,
  NackJobs,
  Problem,
  PruneAnswer,
  PruneJobs,
  QueueName,
  QueuePage,
  QueueRoute,
  QueueView,
  ReleaseJobs,
  ReplacePayload,
  ReprioritiseJob,
  RescheduleJob,
  RouteQueue,
  Stats,
} from './types';

/** What may go with every call. */
export interface Call {
  /** Gives the call up; the promise is then rejected with an AbortError. */
  readonly signal?: AbortSignal | undefined;
}

/** A call was refused or failed, with the reason in words and a stable code. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** JSON that goes into a body to the letter, so that no number in it is read and written again. */
export class JsonText {
  constructor(readonly text: string) {}
}

function written(body: unknown): string {
  const texts: string[] = [];
  const mark = `json-text-${Math.random()}-`;
  const around = JSON.stringify(body, (_, value: unknown) =>
    value instanceof JsonText ? mark + (texts.push(value.text) - 1) : value,
  );
  return texts.reduce((text, each, i) => text.split(`"${mark}${i}"`).join(each), around);
}

type Value = string | number | boolean | readonly (string | number)[] | null | undefined;

interface Ask extends Call {
  readonly query?: Readonly<Record<string, Value>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

async function ask<T>(method: 'GET' | 'POST', path: string, options: Ask): Promise<T> {
  const headers = new Headers({ Accept: 'application/json, application/problem+json' });
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) {
      headers.set(name, value);
    }
  }
  const request: RequestInit = { method, headers, signal: options.signal ?? null };
  if (method === 'POST') {
    // Also without a body: the server takes nothing else, so that no foreign page's form can call it.
    headers.set('Content-Type', 'application/json');
    request.body = written(options.body ?? {});
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(withQuery(path, options.query ?? {}), request);
    text = await response.text();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') {
      throw cause;
    }
    throw new ApiProblem({
      status: 0,
      title: 'No answer',
      code: 'NO_ANSWER',
      message:
        method === 'GET'
          ? 'The server does not answer.'
          : 'The server did not answer, so it is unknown whether this took effect.',
      field: null,
      allowed: null,
    });
  }
  if (response.ok) {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw unreadable(response);
    }
  }
  throw problemOf(response, text);
}

function problemOf(response: Response, text: string): ApiProblem {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    if (problem && typeof problem.code === 'string' && typeof problem.message === 'string') {
      return new ApiProblem({
        status: response.status,
        title: problem.title ?? response.statusText,
        code: problem.code,
        message: problem.message,
        field: problem.field ?? null,
        allowed: problem.allowed ?? null,
      });
    }
  } catch {
    // Not the server's own words, such as a proxy's page.
  }
  return unreadable(response);
}

function unreadable(response: Response): ApiProblem {
  return new ApiProblem({
    status: response.status,
    title: response.statusText,
    code: 'ANSWER_UNREADABLE',
    message: `What answered with status ${response.status} does not seem to be Leat, perhaps a proxy before it.`,
    field: null,
    allowed: null,
  });
}

function withQuery(path: string, query: Readonly<Record<string, Value>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
    if (text !== '') {
      parameters.set(name, text);
    }
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** What becomes of a stream of events itself. */
export interface Stream {
  /** The stream is open, for the first time or again; after a break it goes on where it stopped. */
  readonly opened?: () => void;
  /** The stream broke. Unless it is over, the browser tries again by itself. */
  readonly lost?: (over: boolean) => void;
  /** Events were missed: what is shown must be read anew. */
  readonly reset?: () => void;
}

function follow(
  path: string,
  query: Readonly<Record<string, Value>>,
  on: Stream,
  handlers: Readonly<Record<string, ((data: never) => void) | undefined>>,
): () => void {
  const source = new EventSource(withQuery(path, query));
  source.onopen = () => on.opened?.();
  source.onerror = () => on.lost?.(source.readyState === EventSource.CLOSED);
  source.addEventListener('reset', () => on.reset?.());
  for (const [name, handler] of Object.entries(handlers)) {
    if (handler) {
      source.addEventListener(name, (event) => handler(JSON.parse((event as MessageEvent<string>).data) as never));
    }
  }
  return () => source.close();
}

/** Enqueues one job, or an array of up to 1,000. May be refused with 409, 413, 415, 503. */
export function enqueue(body: EnqueueJob | readonly EnqueueJob[], call: Call & { idempotencyKey?: string } = {}): Promise<EnqueueAnswer> {
  return ask('POST', 'api/v1/jobs', { body, headers: { 'Idempotency-Key': call.idempotencyKey }, signal: call.signal });
}

export interface ListJobsQuery {
  /** Only this queue. */
  readonly queue?: QueueName | null | undefined;
  /** Only these states, separated by commas. */
  readonly state?: readonly JobState[] | null | undefined;
  /** Only this kind. */
  readonly kind?: KindName | null | undefined;
  /** The field next of the page before. */
  readonly cursor?: string | null | undefined;
  /** The most jobs of the page; 50 if left out. */
  readonly limit?: number | null | undefined;
}

/** Lists jobs, newest first, a page at a time. May be refused with 503. */
export function listJobs(query: ListJobsQuery = {}, call: Call = {}): Promise<JobPage> {
  return ask('GET', 'api/v1/jobs', { query: { ...query }, signal: call.signal });
}

/** Shows everything known of a job. May be refused with 404, 503. */
export function getJob(id: JobId, call: Call = {}): Promise<JobView> {
  return ask('GET', `api/v1/jobs/${encodeURIComponent(id)}`, { signal: call.signal });
}

/** Calls off a job that has not started. May be refused with 404, 409, 503. */
export function cancelJob(id: JobId, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/cancel`, { signal: call.signal });
}

/**
 * Makes a job available now that was discarded or cancelled, or that waits for its time. May be refused with 404, 409,
 * 503.
 */
export function retryJob(id: JobId, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/retry`, { signal: call.signal });
}

/** Has a job that waits run at another time. May be refused with 404, 409, 413, 415, 503. */
export function rescheduleJob(id: JobId, body: RescheduleJob, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/reschedule`, { body, signal: call.signal });
}

/** Makes a job that waits more or less urgent. May be refused with 404, 409, 413, 415, 503. */
export function reprioritiseJob(id: JobId, body: ReprioritiseJob, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/reprioritise`, { body, signal: call.signal });
}

/** Has a job wait in another queue, for the same kind of handler. May be refused with 404, 409, 413, 415, 503. */
export function moveJob(id: JobId, body: MoveJob, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/move`, { body, signal: call.signal });
}

/** Has a job that waits carry something else. May be refused with 404, 409, 413, 415, 503. */
export function replacePayload(id: JobId, body: ReplacePayload, call: Call = {}): Promise<JobView> {
  return ask('POST', `api/v1/jobs/${encodeURIComponent(id)}/payload`, { body, signal: call.signal });
}

export interface ListQueuesQuery {
  /** The field next of the page before. */
  readonly cursor?: string | null | undefined;
  /** The most queues of the page; 100 if left out. */
  readonly limit?: number | null | undefined;
}

/** Lists queues by name with how many of their jobs are in each state, a page at a time. May be refused with 503. */
export function listQueues(query: ListQueuesQuery = {}, call: Call = {}): Promise<QueuePage> {
  return ask('GET', 'api/v1/queues', { query: { ...query }, signal: call.signal });
}

/**
 * Has no worker take jobs from the queue any more, within about two seconds. What runs goes on. May be refused with
 * 503.
 */
export function pauseQueue(queue: QueueName, call: Call = {}): Promise<QueueView> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/pause`, { signal: call.signal });
}

/** Has workers take jobs from the queue again. May be refused with 503. */
export function resumeQueue(queue: QueueName, call: Call = {}): Promise<QueueView> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/resume`, { signal: call.signal });
}

/**
 * Has the new jobs of the queue go into another backend, from some seconds later on. Those that it has stay where they
 * are, and run from there. May be refused with 413, 415, 503.
 */
export function routeQueue(queue: QueueName, body: RouteQueue, call: Call = {}): Promise<QueueRoute> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/route`, { body, signal: call.signal });
}

/**
 * Takes jobs from the queue, for callers that run them by themselves. They come back if they are not settled before
 * their lease ends. May be refused with 413, 415, 503.
 */
export function dequeueJobs(queue: QueueName, body: DequeueJobs, call: Call = {}): Promise<DequeuedJobs> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/dequeue`, { body, signal: call.signal });
}

/** Says that jobs are done that were taken. May be refused with 413, 415, 503. */
export function ackJobs(queue: QueueName, body: AckJobs, call: Call = {}): Promise<HandleAnswers> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/ack`, { body, signal: call.signal });
}

/** Says that jobs are not done that were taken: to be tried again or not. May be refused with 413, 415, 503. */
export function nackJobs(queue: QueueName, body: NackJobs, call: Call = {}): Promise<HandleAnswers> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/nack`, { body, signal: call.signal });
}

/** Gives jobs back that were taken and not begun, which costs them no attempt. May be refused with 413, 415, 503. */
export function releaseJobs(queue: QueueName, body: ReleaseJobs, call: Call = {}): Promise<HandleAnswers> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/release`, { body, signal: call.signal });
}

/** Has jobs that were taken be the caller's for longer. May be refused with 413, 415, 503. */
export function extendJobs(queue: QueueName, body: ExtendJobs, call: Call = {}): Promise<HandleAnswers> {
  return ask('POST', `api/v1/queues/${encodeURIComponent(queue)}/extend`, { body, signal: call.signal });
}

/**
 * Removes jobs that ended longer ago than the server keeps them, a part of them at a call, or tells how many there are.
 * May be refused with 409, 413, 415, 503.
 */
export function pruneJobs(body: PruneJobs, call: Call = {}): Promise<PruneAnswer> {
  return ask('POST', 'api/v1/prune', { body, signal: call.signal });
}

/** Shows the whole at a glance. May be refused with 503. */
export function getStats(call: Call = {}): Promise<Stats> {
  return ask('GET', 'api/v1/stats', { signal: call.signal });
}

/** Lists the backends with what each of them can do. May be refused with 503. */
export function listBackends(call: Call = {}): Promise<BackendList> {
  return ask('GET', 'api/v1/backends', { signal: call.signal });
}

export interface FollowEventsQuery {
  /** Only this queue. */
  readonly queue?: QueueName | null | undefined;
  /** Only this kind. */
  readonly kind?: KindName | null | undefined;
  /** Only this job. */
  readonly job?: JobId | null | undefined;
}

export interface FollowEventsHandlers extends Stream {
  /** A job came into a state. What the stream tells last of a job is the state it is in. */
  readonly job?: (data: JobEventView) => void;
  /** A page of the queues that ever had a job, by name. */
  readonly queues?: (data: QueuePage) => void;
}

/**
 * Follows what happens, as server-sent events: "job" when a job came into a state, "queues" with the counts of the
 * first 1,000 queues at most once a second while they change, and "reset" when events were missed and what is shown
 * must be read anew. Goes on after Last-Event-ID. May be refused with 503.
 */
export function followEvents(query: FollowEventsQuery, on: FollowEventsHandlers): () => void {
  return follow('api/v1/events', { ...query }, on, {
    job: on.job,
    queues: on.queues,
  });
}
