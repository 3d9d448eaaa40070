import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { unless } from '../../support/requirement.ts'

/** A Python that may have moto (`pip install 'moto[server]'`); `MOTO_PYTHON` names another than the system's. */
const PYTHON = process.env['MOTO_PYTHON'] ?? 'python3'

const isPresent = spawnSync(PYTHON, ['-c', 'import moto.server, flask'], { stdio: 'ignore' }).status === 0

/** Why tests with moto are skipped; false: they are not. */
export const MOTO_MISSING = unless('moto', isPresent, 'moto')

const START_TIMEOUT_MS = 30_000

/** Starts moto, which plays AWS, for the length of a test; gives its URL. */
export async function startMoto(t: TestContext): Promise<string> {
  const port = await freePort()
  const moto = spawn(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  })
  t.after(async () => {
    const ended = once(moto, 'exit')
    moto.kill('SIGKILL')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  const until = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined)
    if (answer?.ok === true) return url
    if (Date.now() > until || moto.exitCode !== null) throw new Error('moto does not start')
    await setTimeout(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
