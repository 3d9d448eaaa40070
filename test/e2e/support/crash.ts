// A program that crashes as told, for the test of what is left behind.
import { createLogger } from '#pkg/telemetry'
import { endOnCrash } from '../../../cmd/lifecycle.ts'

const [, , kind, secret = ''] = process.argv
endOnCrash(createLogger({ level: 'info' }))
setTimeout(() => {
  throw new Error('not reached: the crash ends the process before')
}, 60_000)
setImmediate(() => {
  const error = new Error(`crash on purpose with ${secret}`)
  if (kind === 'throw') throw error
  void Promise.reject(error)
})
