// Puts jobs into a peer and has it run them, as told by lines on standard input:
//
//   install | bulk COUNT BATCH | single COUNT CALLERS | drain COUNT | offer RATE SECONDS | close
//
// Each is answered by one line of JSON on standard output. What a peer has to say goes to standard error.
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'

const UNMEASURED_SECONDS = 2
const TEXT = 'x'.repeat(180)

const now = () => Number(process.hrtime.bigint())
const payload = (n) => ({ n, text: TEXT })

/** Which jobs of a series ran, and when; a job that runs twice is counted and not hidden. */
class Tally {
  constructor(first, count) {
    this.first = first
    this.count = count
    this.started = new Float64Array(count)
    this.left = count
    this.again = 0
    this.all = new Promise((resolve) => (this.resolve = resolve))
  }

  ran({ n }) {
    const i = n - this.first
    if (i < 0 || i >= this.count) throw new Error(`job ${n} is not of this series`)
    if (this.started[i] !== 0) {
      this.again++
      return
    }
    this.started[i] = now()
    this.firstStart ??= this.started[i]
    if (--this.left === 0) this.resolve()
  }
}

class Exercise {
  next = 0
  waiting = 0
  total = 0

  constructor(peer) {
    this.peer = peer
  }

  async install() {
    await this.peer.install()
    return {}
  }

  /** Enqueues jobs, so many in a call, one call after the other. */
  async bulk(count, batch) {
    const from = now()
    for (let sent = 0; sent < count; sent += batch) {
      const payloads = []
      for (let i = 0; i < Math.min(batch, count - sent); i++) payloads.push(payload(this.next++))
      await this.peer.enqueueAll(payloads)
    }
    const nanos = now() - from
    this.waiting += count
    return { nanos }
  }

  /** Enqueues jobs one in a call, by callers that each wait for their answer before the next. */
  async single(count, callers) {
    const last = this.next + count
    const caller = async () => {
      while (this.next < last) await this.peer.enqueue(payload(this.next++))
    }
    const from = now()
    await Promise.all(Array.from({ length: callers }, caller))
    const nanos = now() - from
    this.waiting += count
    return { nanos }
  }

  /** From the start of the first handler until the tables say that every job has ended. */
  async drain(count) {
    if (count !== this.waiting) throw new Error(`${this.waiting} jobs wait, not ${count}`)
    const tally = new Tally(this.next - count, count)
    await this.peer.start((data) => tally.ran(data))
    await tally.all
    while ((await this.peer.unfinished()) > 0) await wait(2)
    const nanos = now() - tally.firstStart
    await this.peer.stop()
    return { nanos, ...(await this.ended(tally)) }
  }

  /** Enqueues one job after the other at a rate, whether or not those before have run, beside the peer's worker. */
  async offer(rate, seconds) {
    const count = rate * (seconds + UNMEASURED_SECONDS)
    const tally = new Tally(this.next, count)
    const called = new Float64Array(count)
    const calls = []
    await this.peer.start((data) => tally.ran(data))
    const from = now()
    for (let i = 0; i < count; ) {
      const due = Math.min(count, Math.floor(((now() - from) * rate) / 1e9) + 1)
      for (; i < due; i++) {
        called[i] = now()
        calls.push(this.peer.enqueue(payload(this.next++), true))
      }
      await wait(1)
    }
    await Promise.all(calls)
    this.waiting += count
    await tally.all
    while ((await this.peer.unfinished()) > 0) await wait(2)
    await this.peer.stop()
    const micros = []
    for (let i = rate * UNMEASURED_SECONDS; i < count; i++) micros.push(Math.round((tally.started[i] - called[i]) / 1e3))
    return { micros, ...(await this.ended(tally)) }
  }

  async ended(tally) {
    this.waiting -= tally.count
    this.total += tally.count
    const kept = await this.peer.kept()
    if (kept !== null && kept !== this.total) throw new Error(`${kept} jobs in history, not ${this.total}`)
    return { ran: tally.count - tally.left, again: tally.again, kept }
  }

  async close() {
    await this.peer.close()
    return {}
  }
}

/** Serves one peer until it is told to close or its parent is gone. */
export async function serve(peer) {
  const exercise = new Exercise(peer)
  process.stdin.on('end', () => process.exit(1)) // nobody is left to answer, and a worker may wait for ever
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, ...numbers] = line.split(' ')
    if (!['install', 'bulk', 'single', 'drain', 'offer', 'close'].includes(verb)) throw new Error(`cannot ${verb}`)
    const answer = await exercise[verb](...numbers.map(Number))
    process.stdout.write(JSON.stringify(answer) + '\n')
    if (verb === 'close') break
  }
  process.exit(0)
}
