import { storeTime } from './clock.svelte';
import { getStats, listQueues } from './generated/client';
import type { QueueName, QueuePage, QueueView, StateCounts, Stats } from './generated/types';
import { live } from './live/live.svelte';
import { add, sample } from './live/rates';
import type { Sample } from './live/rates';
import { NO_JOBS, plus } from './states';

const EVERY = 10_000;
/** What the stream shows of them too. */
const MOST_QUEUES = 1_000;

/** What every screen knows of the server: its health, its queues, and how the counts of jobs went. */
class Server {
  stats = $state.raw<Stats | null>(null);
  /** By name, the first thousand at most. */
  queues = $state.raw<readonly QueueView[] | null>(null);
  /** Whether there are more queues than these. */
  more = $state(false);
  samples = $state.raw<readonly Sample[]>([]);
  /** Why it was not heard of, or null if the last question was answered. */
  problem = $state.raw<unknown>(null);

  #asking = false;

  /** Asks how the server is, now and then, for as long as the page is open; also shows whether it can be reached. */
  watch(): () => void {
    const ask = () => {
      if (!document.hidden) {
        void this.ask();
      }
    };
    ask();
    const timer = setInterval(ask, EVERY);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }

  async ask(): Promise<void> {
    if (this.#asking) {
      return;
    }
    this.#asking = true;
    const askedAt = Date.now();
    try {
      const stats = await getStats();
      storeTime.set(stats.time, askedAt, Date.now());
      this.stats = stats;
      this.problem = null;
      this.#count(stats.jobs);
      live.heard();
    } catch (error) {
      this.problem = error;
    } finally {
      this.#asking = false;
    }
  }

  /** Reads the queues; throws what went wrong. */
  async readQueues(signal?: AbortSignal): Promise<void> {
    this.sawQueues(await listQueues({ limit: MOST_QUEUES }, { signal }));
    live.heard();
  }

  sawQueues(page: QueuePage): void {
    this.queues = page.queues;
    this.more = page.next !== null;
    if (!this.more) {
      this.#count(sum(page.queues));
    }
  }

  /** The jobs of all queues together. If there are more queues than are known here, as of when the server was last asked. */
  get jobs(): StateCounts | null {
    return this.more ? (this.stats?.jobs ?? null) : this.queues === null ? null : sum(this.queues);
  }

  /** The jobs of one queue; null if it is not among those known here. */
  jobsOf(name: QueueName): StateCounts | null {
    const queue = this.queues?.find((each) => each.name === name);
    return queue?.jobs ?? (this.queues === null || this.more ? null : NO_JOBS);
  }

  /** Takes in how some of the queues are now. */
  sawSome(queues: readonly QueueView[]): void {
    const fresh = new Map(queues.map((queue) => [queue.name, queue]));
    this.queues = this.queues?.map((queue) => fresh.get(queue.name) ?? queue) ?? null;
  }

  #count(jobs: StateCounts): void {
    this.samples = add(this.samples, sample(Date.now(), jobs));
  }
}

function sum(queues: readonly QueueView[]): StateCounts {
  return queues.reduce((counts, queue) => plus(counts, queue.jobs), NO_JOBS);
}

export const server = new Server();
