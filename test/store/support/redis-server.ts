import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { generate } from 'selfsigned'
import { unless } from '../../support/requirement.ts'

const BINARY = 'redis-server'

/** Why tests that need a Redis server are skipped, or false. */
export const WITHOUT_REDIS = unless('redis', spawnSync(BINARY, ['--version']).status === 0, BINARY)

/** A certificate for 127.0.0.1 and its key. It is its own authority. */
export const CERTIFICATE = await generate([{ name: 'commonName', value: 'redis.test' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
})

/** A server of its own for one test, without anything that stays. */
export interface RedisServer {
  readonly port: number
  /** `redis://` or `rediss://`, host and port. */
  readonly url: string
  /** Sends a command with the server's own client, and gives what that prints. */
  command(...args: string[]): Promise<string>
  stop(): Promise<void>
  /** Starts it again on its port, empty. */
  start(): Promise<void>
}

export interface RedisServerOptions {
  readonly isTls?: boolean
  readonly password?: string
  readonly args?: readonly string[]
}

export async function startRedis(t: TestContext, options: RedisServerOptions = {}): Promise<RedisServer> {
  const { isTls = false, password } = options
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')]
  await writeFile(certificate, CERTIFICATE.cert)
  await writeFile(key, CERTIFICATE.private)
  const port = await findPort()
  const args = ['--dir', folder, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  if (isTls) args.push('--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no')
  else args.push('--port', String(port))
  if (password !== undefined) args.push('--requirepass', password)
  let running: ChildProcess | undefined

  async function start(): Promise<void> {
    running = spawn(BINARY, [...args, ...(options.args ?? [])], { stdio: 'ignore' })
    await waitUntil(() => answers(port))
  }
  async function stop(): Promise<void> {
    if (running === undefined) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    running = undefined
    await ended
  }
  t.after(async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  await start()
  return {
    port,
    url: `${isTls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    async command(...words) {
      const own = ['-p', String(port), ...(isTls ? ['--tls', '--cacert', certificate] : [])]
      if (password !== undefined) own.push('-a', password, '--no-auth-warning')
      const { stdout } = await promisify(execFile)('redis-cli', [...own, ...words])
      return stdout.trim()
    },
    stop,
    start,
  }
}

/** Waits for something that takes as long as it takes, but not for ever. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; !(await isSo()); left--) {
    if (left === 0) throw new Error('it did not come to pass in time')
    await sleep(10)
  }
}

/** A port that nothing listens on. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
