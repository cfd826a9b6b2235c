// Generated from the routes and shapes of the module wire by dev.leat.codegen.TypeScript.
// Do not edit: change the Java types, then run the tests of codegen with -Dgenerated=write.

declare const brand: unique symbol;

/** 1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit. */
export type QueueName = string & { readonly [brand]: 'QueueName' };

/** Whether a text is one. */
export function isQueueName(text: string): text is QueueName {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text);
}

/** 1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit. */
export type KindName = string & { readonly [brand]: 'KindName' };

/** Whether a text is one. */
export function isKindName(text: string): text is KindName {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text);
}

/** A date and time with an offset, ISO-8601. */
export type Instant = string & { readonly [brand]: 'Instant' };

/** A job to enqueue. */
export interface EnqueueJob {
  /** The queue it waits in; "default" if left out. */
  readonly queue?: QueueName | null;
  /** The kind, which names the handler that runs it. */
  readonly kind: KindName;
  /** Any JSON value, kept byte for byte; null if left out. At most 256 KiB. */
  readonly payload?: unknown;
  /** 0 (most urgent) to 9; 4 if left out. */
  readonly priority?: number | null;
  /** 1 to 1,000; 25 if left out. */
  readonly maxAttempts?: number | null;
  /** The earliest instant at which it runs. Not together with delayMillis. */
  readonly runAt?: Instant | null;
  /** How long it waits before it may run, in milliseconds. Not together with runAt. */
  readonly delayMillis?: number | null;
  /** 1 to 256 characters. While another job of the queue and kind holds this key, the job is not stored. */
  readonly uniqueKey?: string | null;
  /**
   * How long the job holds its key, in milliseconds: 1,000 to 31,536,000,000 (365 days) from now; until the job has
   * ended if left out. Only together with uniqueKey.
   */
  readonly uniqueMillis?: number | null;
}

/** When a job is to run instead. One of the two. */
export interface RescheduleJob {
  /** The earliest instant at which it runs; at once if it has passed. */
  readonly runAt?: Instant | null;
  /** How long it waits from now before it may run, in milliseconds. */
  readonly delayMillis?: number | null;
}

/** How urgent a job is to be instead. */
export interface ReprioritiseJob {
  /** 0 (most urgent) to 9. */
  readonly priority: number;
}

/** Where a job is to wait instead. */
export interface MoveJob {
  /** The queue; it need not have had a job before. */
  readonly queue: QueueName;
}

/** What a job is to carry instead. */
export interface ReplacePayload {
  /** Any JSON value, kept byte for byte. At most 256 KiB. */
  readonly payload: unknown;
}

/** Where a queue's new jobs are to go. */
export interface RouteQueue {
  /** The name of a backend. */
  readonly backend: string;
}

/** Which jobs to take from a queue, and for how long. */
export interface DequeueJobs {
  /** Of which kinds, 1 to 100; "message" alone if left out. */
  readonly kinds?: readonly KindName[] | null;
  /** The most jobs to take, 1 to 1,000; 1 if left out. */
  readonly count?: number | null;
  /** How long to wait for a job, in milliseconds, 0 to 20,000; 0 if left out. */
  readonly waitMillis?: number | null;
  /** How long the jobs are the caller's, in milliseconds, 100 to 86,400,000; 30,000 if left out. */
  readonly leaseMillis?: number | null;
}

/** Jobs that were taken and are done. */
export interface AckJobs {
  /** As they were taken, 1 to 1,000. */
  readonly handles: readonly string[];
  /** What each came to, kept with it; as many as there are handles, any JSON value each. */
  readonly results?: readonly unknown[] | null;
}

/** Jobs that were taken and are not done. */
export interface NackJobs {
  /** As they were taken, 1 to 1,000. */
  readonly handles: readonly string[];
  /** Whether they are to be tried again, those that have an attempt left; true if left out. Else they are discarded. */
  readonly requeue?: boolean | null;
  /** How long they wait before that, in milliseconds; 0 if left out. */
  readonly delayMillis?: number | null;
  /** Why, in a sentence of at most 1,000 characters. */
  readonly reason?: string | null;
}

/** Jobs that were taken and not begun. */
export interface ReleaseJobs {
  /** As they were taken, 1 to 1,000. */
  readonly handles: readonly string[];
}

/** Jobs that were taken and need longer. */
export interface ExtendJobs {
  /** As they were taken, 1 to 1,000. Those that were taken together are extended together. */
  readonly handles: readonly string[];
  /** How long they are the caller's from now on, in milliseconds, 100 to 86,400,000; 30,000 if left out. */
  readonly leaseMillis?: number | null;
}

/** What to do about jobs that ended longer ago than the server keeps them. */
export interface PruneJobs {
  /** Whether only to tell how many there are; false if left out. */
  readonly dryRun?: boolean | null;
  /** Whether this call goes on with what one before, which answered more, had begun; false if left out. */
  readonly goOn?: boolean | null;
}

/** The 13 characters of a job id. */
export type JobId = string & { readonly [brand]: 'JobId' };

/** Whether a text is one. */
export function isJobId(text: string): text is JobId {
  return /^[0-7][0-9a-hjkmnp-tv-z]{12}$/.test(text);
}

export const enqueueStatuses = ['accepted', 'duplicate', 'held'] as const;

/**
 * Whether this call stored the job, an earlier one had, or it was not stored since another job holds its unique key.
 */
export type EnqueueStatus = (typeof enqueueStatuses)[number];

/** A job that is stored, durably: the one asked for, or the one that holds its unique key. */
export interface EnqueuedJob {
  readonly id: JobId;
  /**
   * Accepted; duplicate if an earlier call had stored it; or held if the job was not stored, since the job with this id
   * holds its unique key.
   */
  readonly status: EnqueueStatus;
}

/** What became of the jobs of one call, in their order. */
export interface EnqueueAnswer {
  readonly jobs: readonly EnqueuedJob[];
}

export const jobStates = ['scheduled', 'available', 'running', 'retryable', 'completed', 'discarded', 'cancelled'] as const;

export type JobState = (typeof jobStates)[number];

/** A job, as in a list. */
export interface JobHeadView {
  readonly id: JobId;
  readonly queue: QueueName;
  readonly kind: KindName;
  readonly state: JobState;
  /** 0 (most urgent) to 9. */
  readonly priority: number;
  /** Attempts counted so far, with the one that runs now. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly createdAt: Instant;
  /** When it may run, if it waits for that. */
  readonly dueAt: Instant | null;
  /** When the attempt that runs now, or the last one, started. */
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** Why it failed last, in one sentence. */
  readonly error: string | null;
}

/** A page of jobs, newest first. */
export interface JobPage {
  readonly jobs: readonly JobHeadView[];
  /** The cursor of the next page; null on the last page. */
  readonly next: string | null;
}

/** 1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit. */
export type TenantName = string & { readonly [brand]: 'TenantName' };

/** Whether a text is one. */
export function isTenantName(text: string): text is TenantName {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text);
}

/** Bytes that a job carries or left as its result, with the text of them if they are text. */
export interface Content {
  /** The media type. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** The bytes as text, if they are UTF-8. Show it as text, never as HTML. */
  readonly text: string | null;
  /** The bytes in base 64, if they are not UTF-8. */
  readonly base64: string | null;
}

/** Why an attempt did not succeed. */
export interface FailureView {
  /** One sentence. */
  readonly message: string;
  /** Such as a stack trace; may be empty. */
  readonly detail: string;
}

export const attemptEnds = ['failed', 'snoozed', 'released', 'lost', 'cancelled'] as const;

export type AttemptEnd = (typeof attemptEnds)[number];

/** An earlier run of a job, which did not end it. */
export interface AttemptView {
  /** Its number; a run that cost no attempt shares its number with the next. */
  readonly attempt: number;
  /** How it ended. */
  readonly ended: AttemptEnd;
  /** The number of the node that ran it. */
  readonly worker: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly failure: FailureView | null;
}

/** A job with everything known of it. */
export interface JobView {
  readonly id: JobId;
  readonly tenant: TenantName;
  readonly queue: QueueName;
  readonly kind: KindName;
  readonly state: JobState;
  /** 0 (most urgent) to 9. */
  readonly priority: number;
  /** Attempts counted so far, with the one that runs now. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** How often a worker died while it ran this job alone. */
  readonly crashes: number;
  readonly createdAt: Instant;
  /** When it may run, if it waits for that. */
  readonly dueAt: Instant | null;
  /** When the attempt that runs now, or the last one, started. */
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** The number of the node that runs it now or ran it last. */
  readonly worker: number | null;
  readonly payload: Content;
  /** Of a completed job, if its handler left one. */
  readonly result: Content | null;
  /** Why it was discarded or cancelled. */
  readonly failure: FailureView | null;
  /** Earlier runs that did not end it, oldest first. */
  readonly attempts: readonly AttemptView[];
}

/** How many jobs are in each state. */
export interface StateCounts {
  readonly scheduled: number;
  readonly available: number;
  readonly running: number;
  readonly retryable: number;
  readonly completed: number;
  readonly discarded: number;
  readonly cancelled: number;
}

/** A queue and how many of its jobs are in each state. */
export interface QueueView {
  readonly name: QueueName;
  /** The backend that its new jobs go into. */
  readonly backend: string;
  /** Whether no worker takes jobs from it. */
  readonly paused: boolean;
  readonly jobs: StateCounts;
}

/** A page of the queues that ever had a job, by name. */
export interface QueuePage {
  readonly queues: readonly QueueView[];
  /** The cursor of the next page; null on the last page. */
  readonly next: string | null;
}

/** Where a queue's new jobs go. */
export interface QueueRoute {
  readonly queue: QueueName;
  readonly backend: string;
  /** From when on; left out if that was so already. */
  readonly since: Instant | null;
}

/** A job that is the caller's until its lease ends. */
export interface DequeuedJob {
  /** By what the caller says what came of it. */
  readonly handle: string;
  readonly id: JobId;
  readonly kind: KindName;
  /** 0 (most urgent) to 9. */
  readonly priority: number;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly payload: Content;
  /** When it is the caller's no more, unless it is extended. */
  readonly heldUntil: Instant;
}

/** Jobs that were taken; none if there were none to take. */
export interface DequeuedJobs {
  readonly jobs: readonly DequeuedJob[];
}

/** What became of one handle. */
export interface HandleAnswer {
  readonly handle: string;
  /** False if the job is not the caller's any more: its lease has ended, or it was settled before. */
  readonly accepted: boolean;
}

/** For each handle, in the order they were given, whether the job was still the caller's and it was done. */
export interface HandleAnswers {
  readonly answers: readonly HandleAnswer[];
}

/** How many jobs a call removed, or would remove, by the state in which they had ended. */
export interface PruneAnswer {
  readonly completed: number;
  readonly discarded: number;
  readonly cancelled: number;
  /** Whether there is more to do: ask again with goOn. */
  readonly more: boolean;
}

export const healthStatuses = ['healthy', 'degraded', 'unhealthy'] as const;

export type HealthStatus = (typeof healthStatuses)[number];

/** The whole at a glance. */
export interface Stats {
  /** The store's time. */
  readonly time: Instant;
  /** The version of the server. */
  readonly version: string;
  /** The name of the store. */
  readonly store: string;
  readonly health: HealthStatus;
  /** One sentence about the store's health. */
  readonly healthDetail: string;
  readonly queues: number;
  /** Of all queues together. */
  readonly jobs: StateCounts;
}

export const durabilitys = ['d0', 'd1', 'd2', 'd3'] as const;

export type Durability = (typeof durabilitys)[number];

export const capabilitys = ['delay', 'priority', 'batch_enqueue', 'transactional_enqueue', 'transactional_completion', 'inspection', 'operation', 'retention', 'unique_key', 'wakeups', 'replay'] as const;

export type Capability = (typeof capabilitys)[number];

export const grades = ['native', 'emulated', 'absent'] as const;

export type Grade = (typeof grades)[number];

/** A capability of a backend. */
export interface CapabilityView {
  readonly name: Capability;
  readonly grade: Grade;
}

export const flags = ['atomic_ack', 'consumer_groups', 'replay', 'idempotent_enqueue', 'transactions', 'persistence', 'clustering', 'sharding', 'time_to_live', 'prioritization', 'batch_operations', 'streaming'] as const;

export type Flag = (typeof flags)[number];

/** A place that jobs are kept in. */
export interface BackendView {
  /** Its name in the configuration; default is the store. */
  readonly name: string;
  /** What it is, such as postgres. */
  readonly store: string;
  readonly health: HealthStatus;
  /** One sentence about its health. */
  readonly healthDetail: string;
  /** What an accepted job survives there: d1 the kill of a process, d2 a loss of power, d3 the loss of a machine. */
  readonly durability: Durability;
  /** How it has each capability. */
  readonly capabilities: readonly CapabilityView[];
  /** What follows from them in the usual words; what is missing it does not have. */
  readonly flags: readonly Flag[];
}

/** All backends, the store first. */
export interface BackendList {
  readonly backends: readonly BackendView[];
}

/** Why a call was refused or failed (RFC 9457). */
export interface Problem {
  /** The HTTP status. */
  readonly status: number;
  /** The status in words. */
  readonly title: string;
  /** Stable, for programs, such as NAME_INVALID. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** The field, parameter or header that is to blame. */
  readonly field: string | null;
  /** What would be accepted. */
  readonly allowed: string | null;
}

/** A job came into a state. What the stream tells last of a job is the state it is in. */
export interface JobEventView {
  readonly id: JobId;
  readonly queue: QueueName;
  readonly kind: KindName;
  readonly state: JobState;
  /** When this server learned of it. */
  readonly at: Instant;
}
