/** Runs work soon after it was asked for, never twice at once, and with a pause after each run. */
export interface Paced {
  /** Asks for a run; asking again before it starts changes nothing, while it runs asks for one more. */
  ask(): void;
  /** Runs without waiting for the pause to end; while it runs, asks for one more right behind it. */
  now(): void;
  stop(): void;
}

/** What was asked for during a run. */
type Again = 'no' | 'ask' | 'now';

/** @param pause milliseconds between the end of a run and the start of the next */
export function paced(pause: number, work: () => Promise<void>): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again: Again = 'no';
  let stopped = false;
  let endedAt = -Infinity;

  const run = async (): Promise<void> => {
    timer = undefined;
    running = true;
    again = 'no';
    try {
      await work();
    } finally {
      running = false;
      endedAt = performance.now();
      const next = again as Again;
      if (next !== 'no') {
        paces[next]();
      }
    }
  };
  const paces: Paced = {
    ask() {
      if (stopped) {
        return;
      }
      if (running) {
        again = again === 'now' ? 'now' : 'ask';
      } else {
        timer ??= setTimeout(run, Math.max(50, endedAt + pause - performance.now()));
      }
    },
    now() {
      clearTimeout(timer);
      timer = undefined;
      if (running) {
        again = 'now';
      } else if (!stopped) {
        void run();
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
  return paces;
}
