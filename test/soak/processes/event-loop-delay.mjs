// Loaded into the service with --import: tells its parent how late its event loop is (`reset` begins anew), and
// what is left of its heap after the garbage has been collected (`collect`).
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const RESOLUTION_MS = 10
const REPORT_INTERVAL_MS = 500

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()
setInterval(() => {
  if (!process.connected) return
  const [p50Ms, p99Ms] = [50, 99].map((part) => delays.percentile(part) / 1e6)
  process.send({ kind: 'loop', p50Ms, p99Ms, maxMs: delays.max / 1e6 })
}, REPORT_INTERVAL_MS).unref()
process.on('message', (message) => {
  if (message?.kind === 'reset') delays.reset()
  if (message?.kind === 'collect') {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    process.send({ kind: 'heap', bytes: process.memoryUsage().heapUsed })
  }
})
// Nobody is left who would stop the service.
process.on('disconnect', () => process.exit(1))
// The service must end as it does without a parent that listens.
process.channel?.unref()
