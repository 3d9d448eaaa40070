import { failed, incident, passed, unknown } from './finding.ts'
import type { GitHubAnswer, GitHubCall } from './github-calls.ts'
import { judgeFailure, WRONG_AUDIENCE_REFUSED, UNKNOWN_IDENTITY } from './judge-denial.ts'
import { obtainToken } from './obtain-token.ts'
import { PROBE_TRANSPORTS, type ProbeFinding, type ProbeTransport } from './probe-result.ts'
import { createProbe, type Probe, type ProberOptions, type ProbeRun } from './prober.ts'
import { tryRefused } from './refused-exchange.ts'
import { makeSpoiled, withWrongAudience } from './spoiled-token.ts'

const EXCHANGE_TIMEOUT_MS = 10_000
const GITHUB_TIMEOUT_MS = 8_000

/** No policy may have this name. Always the same, so that alerts on missing policies can leave it out. */
const UNKNOWN_IDENTITY_NAME = 'does-not-exist'

/** A fresh token may be refused for some seconds, until it is known everywhere. */
const FRESH_TOKEN_PAUSES_MS: readonly number[] = [500, 1_500]
const MAYBE_TOO_FRESH: ReadonlySet<number> = new Set([401, 403, 404])

/**
 * The prober: its own token gets what the policy of `identity` gives, over both transports, and nothing more; the same
 * with a wrong audience gets nothing, and neither does an identity without a policy.
 *
 * The policy has to grant `contents: read` and `issues: read`, and not `issues: write`.
 *
 * @throws StsError `scope_malformed`.
 */
export function createProber(options: ProberOptions): Probe {
  let lastIncident: ProbeFinding | undefined
  return createProbe('prober', options, async (run) => {
    const token = await obtainToken(run)
    const issued: Issued[] = []
    for (const transport of PROBE_TRANSPORTS) {
      const exchanged = await tryExchange(run, transport, token)
      if (exchanged !== undefined) issued.push(exchanged)
    }
    const creation = await useTokens(run, issued, lastIncident)
    lastIncident = creation?.incident === true ? creation : undefined
    // Here and not with the negative prober, whom the policy refuses before it looks at the audience.
    const misdirected = await makeSpoiled(run, withWrongAudience, token)
    for (const transport of PROBE_TRANSPORTS) {
      const name = `wrong_audience_refused_${transport}` as const
      const { identity } = run
      if (typeof misdirected !== 'string') run.steps.note({ name, transport }, misdirected)
      else await tryRefused(run, name, { transport, identity, token: misdirected }, WRONG_AUDIENCE_REFUSED)
    }
    for (const transport of PROBE_TRANSPORTS) {
      const name = `unknown_identity_refused_${transport}` as const
      const attempt = { transport, identity: UNKNOWN_IDENTITY_NAME, token }
      await tryRefused(run, name, attempt, UNKNOWN_IDENTITY)
    }
  })
}

interface Issued {
  readonly token: string
  /** The service said that it may do more than read. */
  readonly isTooWide: boolean
}

async function tryExchange(
  { steps, exchange, identity, signal }: ProbeRun,
  transport: ProbeTransport,
  token: string | undefined,
): Promise<Issued | undefined> {
  const name = `exchange_${transport}` as const
  if (token === undefined) {
    steps.note({ name, transport }, unknown('there is no token to exchange'))
    return undefined
  }
  let issued: string | undefined
  const finding = await steps.do(
    { name, transport, timeoutMs: EXCHANGE_TIMEOUT_MS, signal },
    async (within) => {
      const end = await exchange({
        transport,
        identity,
        token,
        timeoutMs: EXCHANGE_TIMEOUT_MS,
        signal: within,
      })
      const { traceId } = end
      if (!end.ok) return { ...judgeFailure(end.thrown), traceId }
      const { exchanged } = end
      issued = exchanged.token
      const granted = exchanged.permissions?.join(' ')
      const facts = { requestId: exchanged.requestId, traceId }
      if (exchanged.permissions?.some((permission) => !permission.endsWith('=read')) === true) {
        return incident(`granted ${granted ?? ''}: more than to read`, facts)
      }
      return passed(granted === undefined ? 'a token was issued' : `granted ${granted}`, facts)
    },
  )
  return issued === undefined ? undefined : { token: issued, isTooWide: finding.incident === true }
}

/**
 * With each of them: a transport that grants more than the other is found. Gives what the creation of an issue came to.
 *
 * @param lastIncident - an issue that the run before has made: while the token is known to be too wide, no other is.
 */
async function useTokens(
  run: ProbeRun,
  issued: readonly Issued[],
  lastIncident: ProbeFinding | undefined,
): Promise<ProbeFinding | undefined> {
  const tokens = issued.map(({ token }) => token)
  const { steps, gitHub, signal } = run
  const timing = { timeoutMs: GITHUB_TIMEOUT_MS, signal }
  if (tokens.length === 0) {
    for (const name of ['read_policy', 'list_issues', 'create_issue_refused'] as const) {
      steps.note({ name }, unknown('no token was issued'))
    }
    return undefined
  }
  await steps.do({ name: 'read_policy', ...timing }, (within) =>
    withEach(tokens, async (token) => {
      const answer = await readPatiently(run, gitHub.readPolicy, token, within)
      const isFile = answer.status === 200 && answer.body?.['type'] === 'file'
      return isFile ? passed('the policy is read') : judgeRead(answer)
    }),
  )
  const listed = await steps.do({ name: 'list_issues', ...timing }, (within) =>
    withEach(tokens, async (token) => {
      const answer = await readPatiently(run, gitHub.listIssues, token, within)
      return answer.status === 200 ? passed('issues are listed') : judgeRead(answer)
    }),
  )
  const isUsable = listed.outcome === 'passed'
  if (lastIncident !== undefined && issued.some(({ isTooWide }) => isTooWide)) {
    steps.note({ name: 'create_issue_refused' }, lastIncident)
    return lastIncident
  }
  return await steps.do({ name: 'create_issue_refused', ...timing }, (within) =>
    withEach(tokens, async (token) => judgeCreation(await gitHub.createIssue(token, within), isUsable)),
  )
}

/** One after the other, up to the first that has not passed. */
async function withEach(
  tokens: readonly string[],
  work: (token: string) => Promise<ProbeFinding>,
): Promise<ProbeFinding> {
  let finding = unknown('no token was issued')
  for (const token of tokens) {
    finding = await work(token)
    if (finding.outcome !== 'passed') break
  }
  return finding
}

async function readPatiently(
  { pause }: ProbeRun,
  call: GitHubCall,
  token: string,
  signal: AbortSignal,
): Promise<GitHubAnswer> {
  let answer = await call(token, signal)
  for (const ms of FRESH_TOKEN_PAUSES_MS) {
    if (answer.isTransient || !MAYBE_TOO_FRESH.has(answer.status) || signal.aborted) break
    await pause(ms)
    answer = await call(token, signal)
  }
  return answer
}

function judgeRead({ status, isTransient }: GitHubAnswer): ProbeFinding {
  const detail = `GitHub answers with HTTP ${status}`
  return isTransient ? unknown(detail) : failed(detail)
}

/** @param isUsable - whether the token is known to work: of one that does not, a refusal proves nothing. */
function judgeCreation({ status, isTransient, body }: GitHubAnswer, isUsable: boolean): ProbeFinding {
  if (status >= 200 && status < 300) {
    const number = body?.['number']
    const issue = typeof number === 'number' ? `issue #${number}` : 'an issue'
    return incident(`the token could create ${issue}`)
  }
  const detail = `GitHub answers with HTTP ${status}`
  const isRefusal = (status === 403 || status === 404) && !isTransient
  if (!isRefusal) return unknown(`${detail}, which is no refusal`)
  return isUsable
    ? passed(`refused: HTTP ${status}`)
    : unknown(`${detail}, but the token can do nothing else`)
}
