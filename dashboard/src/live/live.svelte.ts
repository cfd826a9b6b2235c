import { followEvents } from '../generated/client';
import type { FollowEventsQuery } from '../generated/client';
import type { JobEventView, QueuePage } from '../generated/types';

/** What a screen wants to be told. */
export interface Listener {
  /** Everything shown must be read: at the start, and whenever events may have been missed. */
  readonly reread: () => void;
  readonly job?: (event: JobEventView) => void;
  readonly queues?: (page: QueuePage) => void;
}

export type Status = 'connecting' | 'live' | 'lost' | 'paused';

/** How long a screen waits for the stream before it reads without it. */
const PATIENCE = 250;
const NOTICE = 6_000;
const LONGEST_WAIT = 15_000;

/**
 * The one stream of events of this tab, for whatever screen is shown. It is closed while nobody can see the tab.
 *
 * A screen reads what it shows when the stream is open, never before, so that no change falls between reading and
 * listening; if the stream does not open soon it reads anyway, and once more when it does.
 */
export class Live {
  status = $state<Status>('connecting');
  /** When something was last heard from the server, in milliseconds of this browser's clock; 0 if never. */
  heardAt = $state(0);
  /** What happened to the stream, in words, for some seconds. */
  notice = $state('');

  #open: typeof followEvents;
  #need: { query: FollowEventsQuery; on: Listener } | null = null;
  #close: (() => void) | null = null;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(open: typeof followEvents = followEvents) {
    this.#open = open;
    document.addEventListener('visibilitychange', () => {
      if (this.#need === null) {
        return;
      }
      if (document.hidden) {
        this.#stop();
        this.status = 'paused';
      } else {
        this.#start('Live again after a pause; everything was read anew.');
      }
    });
  }

  /** Follows for a screen, instead of whatever was followed before; returns how to stop. */
  follow(query: FollowEventsQuery, on: Listener): () => void {
    const need = { query, on };
    this.#need = need;
    this.#failures = 0;
    this.#start('');
    return () => {
      if (this.#need === need) {
        this.#need = null;
        this.#stop();
      }
    };
  }

  /** Notes that the server answered. */
  heard(): void {
    this.heardAt = Date.now();
  }

  #start(onceOpen: string): void {
    this.#stop();
    const need = this.#need;
    if (need === null) {
      return;
    }
    if (document.hidden) {
      this.status = 'paused';
      need.on.reread();
      return;
    }
    let opened = false;
    let broken = false;
    let patient = true;
    this.status = this.#failures > 0 ? 'lost' : 'connecting';
    const readWithout = () => {
      if (patient) {
        patient = false;
        need.on.reread();
      }
    };
    this.#after(PATIENCE, readWithout);
    this.#close = this.#open(need.query, {
      opened: () => {
        this.heard();
        patient = false;
        if (!opened) {
          opened = true;
          need.on.reread();
          this.#say(onceOpen);
        } else if (broken) {
          this.#say('Live again; it went on where it stopped.');
        }
        broken = false;
        this.#failures = 0;
        this.status = 'live';
      },
      lost: (over) => {
        broken = true;
        this.status = 'lost';
        readWithout();
        if (over) {
          this.#failures++;
          this.#stop();
          this.#after(Math.min(LONGEST_WAIT, 1_000 * 2 ** (this.#failures - 1)), () =>
            this.#start('Live again; everything was read anew.'),
          );
        }
      },
      reset: () => {
        this.heard();
        need.on.reread();
        this.#say('Some events were missed, so everything was read anew.');
      },
      job: (event) => {
        this.heard();
        need.on.job?.(event);
      },
      queues: (page) => {
        this.heard();
        need.on.queues?.(page);
      },
    });
  }

  #stop(): void {
    this.#close?.();
    this.#close = null;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  #after(millis: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, millis);
    this.#timers.add(timer);
  }

  #say(words: string): void {
    clearTimeout(this.#noticeTimer);
    this.notice = words;
    this.#noticeTimer = setTimeout(() => (this.notice = ''), NOTICE);
  }
}

export const live = new Live();
