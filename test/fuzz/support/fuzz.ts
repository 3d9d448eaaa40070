import { test, type TestContext } from 'node:test'
import fc from 'fast-check'

/** A property, made when its test begins, so that it may start servers for its length. */
export type PropertyMaker = (t: TestContext) => fc.IRawProperty<unknown> | Promise<fc.IRawProperty<unknown>>

/**
 * - `STS_FUZZ_SECONDS`: how long each file runs, shared by its properties; without it each makes its few runs.
 * - `STS_FUZZ_SEED`: what to begin with. Every failure shows its seed.
 * - `STS_FUZZ_PATH`: with the seed, goes straight to a failure; for one property, chosen by `--test-name-pattern`.
 */
const seconds = readNumber('STS_FUZZ_SECONDS')
const seed = readNumber('STS_FUZZ_SEED')
const path = process.env['STS_FUZZ_PATH']

let waiting = 0
let deadline: number | undefined

/**
 * Adds a test that tries a property `runs` times, or for its share of `STS_FUZZ_SECONDS`. Tells how often it did, and
 * of a failure the seed, the path to it and the values.
 */
export function fuzz(name: string, runs: number, make: PropertyMaker): void {
  waiting += 1
  test(name, async (t) => {
    const property = await make(t)
    const details = await fc.check<unknown>(property, {
      includeErrorInReport: true,
      ...(seconds === undefined ? { numRuns: runs } : forMilliseconds(shareOf(seconds))),
      ...(seed !== undefined && { seed }),
      ...(path !== undefined && { path }),
    })
    t.diagnostic(`${details.numRuns} runs from seed ${details.seed}`)
    if (details.failed) throw new Error(await fc.asyncDefaultReportMessage(details))
  })
}

/** What is left of the file's time, for each of the properties that are left. */
function shareOf(fileSeconds: number): number {
  deadline ??= Date.now() + fileSeconds * 1000
  const share = Math.max(1, deadline - Date.now()) / waiting
  waiting -= 1
  return share
}

function forMilliseconds(milliseconds: number): fc.Parameters<unknown> {
  return { numRuns: Number.POSITIVE_INFINITY, plugins: [fc.interruptAfterTimeLimit(milliseconds)] }
}

function readNumber(name: string): number | undefined {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) throw new Error(`${name} must be a number`)
  return value
}
