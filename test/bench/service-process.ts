import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DOMAIN } from './world-layout.ts'
import type { World } from './world-process-client.ts'

const POLL_MS = 2
const START_MAX_MS = 20_000

/** How a program is started. */
export interface ProgramOptions {
  /** The node that runs it; default: the one that runs the benchmark. */
  readonly node?: string | undefined
  readonly flags: readonly string[]
  readonly main: string
  readonly environment: Readonly<Record<string, string>>
  /** What it writes goes to files in here. */
  readonly folder: string
}

/** A program that listens, as a process of its own. */
export interface RunningProgram {
  readonly pid: number
  readonly port: number
  /** When it was started, by `performance.now()`. */
  readonly startedAt: number
  /** Sends SIGTERM and waits for the end. */
  readonly stop: () => Promise<void>
}

let started = 0

/** Starts a program on a free port (`PORT`), and resolves once it takes connections. */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { node = process.execPath, flags, main, environment, folder } = options
  const port = await findFreePort()
  const output = join(folder, `${started++}.log`)
  const file = openSync(output, 'w')
  const startedAt = performance.now()
  const child = spawn(node, [...flags, main], {
    env: { PATH: process.env['PATH'], ...environment, PORT: String(port) },
    stdio: ['ignore', file, file],
  })
  closeSync(file)
  const exit = once(child, 'exit')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  await untilListening(child, port, START_MAX_MS, () => readFileSync(output, 'utf8'))
  return {
    pid: child.pid ?? 0,
    port,
    startedAt,
    async stop() {
      child.kill('SIGTERM')
      await exit
      process.off('exit', kill)
    },
  }
}

/** The environment of the service for this GitHub. */
export function serviceEnvironment(world: World, folder: string): Readonly<Record<string, string>> {
  const authority = join(folder, `authority-${world.appId}-${new URL(world.gitHubUrl).port}.pem`)
  writeFileSync(authority, world.certificate)
  return {
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: DOMAIN,
    GITHUB_APP_IDS: String(world.appId),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.privateKey,
    GITHUB_BASE_URL: world.gitHubUrl,
    NODE_EXTRA_CA_CERTS: authority,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    METRICS: 'false',
  }
}

/** Waits until `child` takes connections; throws, with what it has written, when it ends or takes too long. */
export async function untilListening(
  child: ChildProcess,
  port: number,
  maxMs: number,
  output: () => string = () => '',
): Promise<void> {
  const deadline = Date.now() + maxMs
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Error(`it does not listen:\n${output()}`)
    }
    await delay(POLL_MS)
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      .once('error', () => {
        resolve(false)
      })
  })
}

/** A port that nothing listens on. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}
