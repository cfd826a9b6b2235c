/** One clock for everything shown: the store's, as far as the last answer told it. */
class StoreTime {
  /** Milliseconds since 1970, as the store would say; moves on every second while somebody looks. */
  now = $state(Date.now());

  #ahead = 0;
  #known = false;

  constructor() {
    setInterval(() => {
      if (!document.hidden) {
        this.#tick();
      }
    }, 1_000);
    document.addEventListener('visibilitychange', () => this.#tick());
  }

  /**
   * Takes in what time the store said it was. Small differences are the network's and are left alone, so that what is shown
   * does not jump.
   */
  set(storeTime: string, askedAt: number, answeredAt: number): void {
    const ahead = Date.parse(storeTime) - (askedAt + answeredAt) / 2;
    if (Number.isFinite(ahead) && (!this.#known || Math.abs(ahead - this.#ahead) > 500)) {
      this.#known = true;
      this.#ahead = ahead;
      this.#tick();
    }
  }

  #tick(): void {
    this.now = Date.now() + this.#ahead;
  }
}

export const storeTime = new StoreTime();
