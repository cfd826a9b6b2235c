import { storeTime } from './clock.svelte';
import { getStats, listQueues } from './generated/client';
import type { QueueList, QueueView, StateCounts, Stats } from './generated/types';
import { live } from './live/live.svelte';
import { add, sample } from './live/rates';
import type { Sample } from './live/rates';
import { NO_JOBS, plus } from './states';

const EVERY = 10_000;

/** What every screen knows of the server: its health, its queues, and how the counts of jobs went. */
class Server {
  stats = $state.raw<Stats | null>(null);
  queues = $state.raw<readonly QueueView[] | null>(null);
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
    this.sawQueues(await listQueues({ signal }));
    live.heard();
  }

  sawQueues(list: QueueList): void {
    this.queues = list.queues;
    this.#count(sum(list.queues));
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

export function sum(queues: readonly QueueView[]): StateCounts {
  return queues.reduce((counts, queue) => plus(counts, queue.jobs), NO_JOBS);
}

export const server = new Server();
