// pg-boss. Argument: connection string.
import { PgBoss } from 'pg-boss'
import { serve } from './exercise.mjs'

const [connectionString] = process.argv.slice(2)
const boss = new PgBoss({ connectionString, max: 24, useListenNotify: true })
boss.on('error', (e) => console.error(e))
const options = { batchSize: 1000, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
// A notification with each insert costs all who insert; so there is a queue for those who want work at once and one for the rest.
const QUEUE = 'nothing'
const PROMPT = 'nothing-prompt'

const count = async (condition) => {
  const { rows } = await boss.getDb().executeSql(`select count(*)::int as n from pgboss.job where ${condition}`)
  return rows[0].n
}

await serve({
  async install() {
    await boss.start()
    await boss.createQueue(QUEUE)
    await boss.createQueue(PROMPT, { notify: true })
  },
  enqueueAll: (payloads) => boss.insert(QUEUE, payloads.map((data) => ({ data }))),
  enqueue: (data, prompt = false) => boss.send(prompt ? PROMPT : QUEUE, data),
  async start(handle) {
    const all = async (jobs) => jobs.forEach((job) => handle(job.data))
    await boss.work(QUEUE, options, all)
    await boss.work(PROMPT, options, all)
  },
  async stop() {
    await boss.offWork(QUEUE, { wait: true })
    await boss.offWork(PROMPT, { wait: true })
  },
  unfinished: () => count("state < 'completed'"),
  kept: () => count("state = 'completed'"),
  close: () => boss.stop({ graceful: false }),
})
