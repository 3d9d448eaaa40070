import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { test } from 'node:test'
import { unless } from '../support/requirement.ts'
import { startDeployment, type Deployment } from './support/deployment.ts'

/** Requests of a round; `STS_TEST_ROUND` makes it a longer run. */
const ROUND = Number(process.env['STS_TEST_ROUND'] ?? 2_500)
const ROUNDS = 4
const AT_ONCE = 16
/** What a garbage collector may leave between two rounds. */
const MEMORY_SLACK_BYTES = 24 * 1024 * 1024
const hasProc = existsSync('/proc/self/status')

/** One of each kind of request that anyone can send; the number makes names that nobody has sent before. */
const KINDS: readonly ((n: number) => { readonly path: string; readonly broken?: boolean })[] = [
  () => ({ path: '/sts/exchange?scope=acme/app&identity=reader' }),
  () => ({ path: '/sts/exchange?scope=acme/app&identity=reader', broken: true }),
  (n) => ({ path: `/sts/exchange?scope=acme/app&identity=nobody-${n % 50}` }),
  (n) => ({ path: `/sts/exchange?scope=stranger-${n % 50}/app&identity=reader` }),
  (n) => ({ path: `/sts/exchange?scope=acme/app&identity=..%2f${n}` }),
  (n) => ({ path: `/nothing/${n}` }),
  () => ({ path: '/readyz' }),
]

test(
  'N: memory and file descriptors level off under mixed requests',
  { skip: unless('proc', hasProc, 'the process file system of Linux') },
  async (t) => {
    const deployment = await startDeployment(t)
    const bearer = await deployment.token()
    const after: { readonly memory: number; readonly descriptors: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await sendRound(deployment, bearer, round * ROUND)
      after.push(usageOf(deployment.app.child.pid ?? 0))
    }
    const [, warm, , end] = after
    assert.ok(warm !== undefined && end !== undefined, 'no rounds')
    const seen = JSON.stringify(after)
    t.diagnostic(`${ROUND * ROUNDS} requests: ${seen}`)
    assert.ok(end.memory < warm.memory + MEMORY_SLACK_BYTES, seen)
    assert.ok(end.descriptors <= warm.descriptors + 2, seen)
  },
)

async function sendRound({ port }: Deployment, bearer: string, first: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  let next = first
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < first + ROUND) {
        const n = next++
        const { path, broken = false } = KINDS[n % KINDS.length]?.(n) ?? { path: '/' }
        const status = await statusOf(agent, port, path, broken ? `${bearer.slice(0, -4)}AAAA` : bearer)
        assert.ok(status >= 200 && status < 600 && status !== 500, `${path}: ${status}`)
      }
    }),
  )
  agent.destroy()
}

function statusOf(agent: Agent, port: number, path: string, bearer: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(
      { agent, host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${bearer}` } },
      (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode ?? 0)
        })
      },
    )
      .on('error', reject)
      .end()
  })
}

function usageOf(pid: number): { readonly memory: number; readonly descriptors: number } {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { memory: Number(kilobytes) * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}
