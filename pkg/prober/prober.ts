import { randomBytes as nodeRandomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fetch } from '#pkg/client'
import { StsError } from '#pkg/errors'
import { parseScope } from '#pkg/policy'

import { createExchanger, type Exchanger } from './exchanger.ts'
import { createGitHubCalls, type GitHubCalls } from './github-calls.ts'
import { createIssuedTokens, type IssuedTokens } from './issued-tokens.ts'
import type { ProberName, ProbeResult } from './probe-result.ts'
import { reportRevocations } from './report-revocations.ts'
import { createStepList, type StepList } from './step-list.ts'
import type { TokenSource } from './token-source/index.ts'

/** From the beginning of a run to the end of its last step but the revocation, in milliseconds. */
const STEPS_MAX_MS = 36_000
/** For the revocation, whatever happened before; with the steps less than the 50 s that an uptime check waits. */
const REVOKE_MAX_MS = 10_000
/** The same once the run is ended early, as when the process has to end: orchestrators wait for ten seconds. */
const REVOKE_AT_END_MAX_MS = 3_800

/** What both probers are made of. */
export interface ProberOptions {
  readonly service: {
    /** Base URL. */
    readonly url: string
    /** The audience of tokens for it: its domain. */
    readonly audience: string
  }
  /** `owner/repository`, or `owner`. */
  readonly scope: string
  /** The identity whose policy lets the prober in, and must not let the negative prober in. */
  readonly identity: string
  /** GitHub's REST API. */
  readonly gitHubUrl: string
  readonly tokens: TokenSource
  /** For the service over JSON, and GitHub. Default: the global one. */
  readonly fetch?: Fetch | undefined
  /** Certificates in PEM that are trusted instead of Node's own list, for the service over gRPC. */
  readonly certificateAuthorities?: string | undefined
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
  /** Makes trace ids. */
  readonly randomBytes?: (size: number) => Buffer
  /** Waits, in milliseconds. Default: the system's timer. */
  readonly pause?: (ms: number) => Promise<void>
}

/**
 * A run. Ends by itself within 46 s; `signal` ends it early, but for the revocation of its tokens. Rejects only because
 * of a defect.
 */
export type Probe = (signal: AbortSignal) => Promise<ProbeResult>

/** What the steps of a run work with. */
export interface ProbeRun extends Pick<ProberOptions, 'service' | 'identity' | 'tokens'> {
  readonly steps: StepList
  readonly exchange: Exchanger
  readonly gitHub: GitHubCalls
  readonly issued: IssuedTokens
  readonly pause: (ms: number) => Promise<void>
  /** Aborts when the steps have to end. */
  readonly signal: AbortSignal
}

/**
 * A prober that does `work` in each run, and whatever comes of it revokes what it was given: by the last step, `revoke`.
 *
 * @throws StsError `scope_malformed`.
 */
export function createProbe(
  name: ProberName,
  options: ProberOptions,
  work: (run: ProbeRun) => Promise<void>,
): Probe {
  const { service, scope, identity, gitHubUrl, tokens, certificateAuthorities } = options
  const { now = Date.now, randomBytes = nodeRandomBytes, pause = wait } = options
  const { fetch = globalThis.fetch } = options
  const target = parseScope(scope)
  if (target === undefined) throw new StsError('scope_malformed')
  const gitHub = createGitHubCalls({ gitHubUrl, scope: target, identity, fetch })
  const issued = createIssuedTokens({ gitHubUrl, fetch, use: gitHub.readPolicy, now, pause })
  const { url } = service
  const exchange = createExchanger({ url, scope, issued, fetch, certificateAuthorities, randomBytes })

  async function revoke(steps: StepList, signal: AbortSignal): Promise<void> {
    await withoutAbort(signal, REVOKE_AT_END_MAX_MS, (within) =>
      steps.do({ name: 'revoke', timeoutMs: REVOKE_MAX_MS, signal: within }, async (step) =>
        reportRevocations(await issued.revokeAll(step)),
      ),
    )
  }

  return async (signal) => {
    const steps = createStepList(name, now)
    try {
      await withinTime(signal, (within) =>
        work({ service, identity, tokens, steps, exchange, gitHub, issued, pause, signal: within }),
      )
    } finally {
      await revoke(steps, signal)
    }
    return steps.end()
  }
}

/** Not cut off: every step ends at once when its signal aborts, and is noted. */
async function withinTime(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort()
  }
  const timer = setTimeout(stop, STEPS_MAX_MS)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** `work` goes on when `signal` aborts, for `graceMs` yet. */
async function withoutAbort(
  signal: AbortSignal,
  graceMs: number,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    timer = setTimeout(() => {
      controller.abort()
    }, graceMs)
  }
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
