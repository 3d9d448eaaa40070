// A process of its own: GitHub, and the issuer of the good clients. Its argument is the attackers' issuer.
import { setMaxListeners } from 'node:events'
import { startGitHub, startIssuer } from '../../../emulator/index.ts'
import type { WorldOrder, WorldReport } from '../messages.ts'
import { fillGitHub } from './content.ts'
import { DISTURBANCES } from './faults.ts'
import { GOOD } from './names.ts'

/** No limit of GitHub's is met by the number of calls alone. */
const CALLS_PER_HOUR = 10_000_000

// As many requests wait at a time as the service lets attackers make.
setMaxListeners(0)
const [, , hostile = ''] = process.argv
const github = await startGitHub({ rateLimits: { installation: CALLS_PER_HOUR, app: CALLS_PER_HOUR } })
const issuer = await startIssuer({
  findRepository: () => ({ ...GOOD, repo: GOOD.repository, immutable: false }),
})
const app = fillGitHub(github, { good: issuer.issuer, hostile })
let endDisturbance = (): void => undefined

process.on('disconnect', () => process.exit())
process.on('message', (order: WorldOrder) => {
  if (order.kind === 'judge') {
    report({ kind: 'judged', wrong: countWrong(order.tokens) })
    return
  }
  endDisturbance()
  const effect = order.disturbance === undefined ? undefined : DISTURBANCES[order.disturbance]
  endDisturbance =
    effect === undefined
      ? () => undefined
      : github.fault({
          ...effect,
          // Not the mint: without one nobody can have a token.
          match: ({ operation, path }) =>
            operation === 'repos/get-content' && path.startsWith(`/repos/${GOOD.owner}/`),
        })
})

function report(message: WorldReport): void {
  process.send?.(message)
}

/** Tokens that are not alive, not of the owner, or reach more or less than the policy grants. */
function countWrong(tokens: readonly string[]): number {
  const live = new Map(github.liveTokens().map((token) => [token.token, token]))
  return tokens.filter((token) => {
    const grant = live.get(token)
    if (grant === undefined || grant.repositories === 'all') return true
    const { installation, permissions, repositories } = grant
    const names = [...repositories].map(({ owner, name }) => `${owner.login}/${name}`)
    const { contents, metadata = 'read', ...others } = permissions
    return (
      installation.account.login !== GOOD.owner ||
      names.join() !== `${GOOD.owner}/${GOOD.repository}` ||
      contents !== 'read' ||
      metadata !== 'read' ||
      Object.keys(others).length > 0
    )
  }).length
}

report({
  kind: 'ready',
  facts: { gitHubUrl: github.baseUrl, issuer: issuer.issuer, ...app },
  disturbances: DISTURBANCES.length,
})
