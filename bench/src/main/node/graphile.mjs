// graphile-worker. Arguments: connection string, "default" or "tuned".
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { serve } from './exercise.mjs'

const [connectionString, how] = process.argv.slice(2)
const CONCURRENCY = 24
// One pool for the worker and for those who enqueue, as large as its makers recommend for this concurrency.
const pool = new pg.Pool({ connectionString, max: CONCURRENCY + 2 })
pool.on('error', (e) => console.error(e))
pool.on('connect', (client) => client.on('error', (e) => console.error(e)))
// It would otherwise print two lines for each job.
const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message)
})
const tuned = {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
}
const worker = { concurrentJobs: CONCURRENCY, maxPoolSize: CONCURRENCY + 2, ...(how === 'tuned' ? tuned : {}) }
const options = { pgPool: pool, logger, noHandleSignals: true, preset: { worker } }

let utils
let runner

await serve({
  async install() {
    await runMigrations(options)
    utils = await makeWorkerUtils({ pgPool: pool, logger })
  },
  enqueueAll: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: 'nothing', payload }))),
  enqueue: (payload) => utils.addJob('nothing', payload),
  async start(handle) {
    runner = await run({ ...options, parsedCronItems: [], taskList: { nothing: (payload) => handle(payload) } })
  },
  stop: () => runner.stop(),
  async unfinished() {
    const { rows } = await pool.query('select count(*)::int as n from graphile_worker._private_jobs')
    return rows[0].n
  },
  kept: () => null, // it deletes what is done
  async close() {
    await utils.release()
    await pool.end()
  },
})
