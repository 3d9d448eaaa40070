import type { World } from '../../emulator/index.ts'

/** The audience that jobs of the demo ask their tokens for. */
export const DEMO_DOMAIN = 'sts.demo.example'

/** A field is misspelt, so that nobody could use it. */
const MISSPELT_POLICY = `issuer: ISSUER
subjet: repo:acme@4242/app@510001:environment:production
permissions:
  deployments: write
`

/** It works, and is wider than what it replaces. */
const WIDER_POLICY = `issuer: ISSUER
subject_pattern: repo:acme@4242/app@510001:.*
permissions:
  contents: read
  pull_requests: write
`

/** One thing that the tour shows. */
export interface Step {
  readonly title: string
  /** Says what happens, line by line; resolves with whether it was what should happen. */
  run(say: (line: string) => void): Promise<boolean>
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

/** The steps of the tour, against the service at `serviceUrl`. */
export function planTour(world: World, serviceUrl: string): readonly Step[] {
  const { github, issuer } = world

  /** What a job of GitHub Actions does first: asks the runner for its OIDC token. */
  async function jobToken(repository: string, job: Readonly<Record<string, string>>): Promise<string> {
    const query = new URLSearchParams({ repository, audience: DEMO_DOMAIN, ...job })
    const { body } = await ask(`${issuer.issuer}/actions/token?${query.toString()}`)
    return String(body['value'])
  }

  async function exchange(token: string, scope: string, identity: string): Promise<Answer> {
    const query = new URLSearchParams({ scope, identity })
    return await ask(`${serviceUrl}/sts/exchange?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
    })
  }

  function callGitHub(token: string, method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(`${github.baseUrl}${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'user-agent': 'demo' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  return [
    {
      title: 'A job on the main branch of acme/app asks for the identity "release"',
      async run(say) {
        const answer = await exchange(await jobToken('acme/app', { ref: 'main' }), 'acme/app', 'release')
        const token = String(answer.body['token'])
        say(`${answer.status}: a GitHub token, ${token.slice(0, 4)}... (${token.length} characters)`)
        say(`may do     ${answer.headers.get('sts-permissions') ?? ''}`)
        say(`on         ${answer.headers.get('sts-repositories') ?? ''}`)
        say(`until      ${String(answer.body['expiry'])}`)
        say(`because of ${answer.headers.get('sts-policy') ?? ''}`)
        const read = await callGitHub(token, 'GET', '/repos/acme/app/contents/README.md')
        say(`reading README.md of acme/app with it: ${read.status}`)
        const issue = await callGitHub(token, 'POST', '/repos/acme/app/issues', { title: 'Hello' })
        say(`opening an issue, which the policy does not grant: ${issue.status}`)
        return answer.status === 200 && read.status === 200 && issue.status === 403
      },
    },
    {
      title: 'A pull request of acme/app asks for the same',
      async run(say) {
        const answer = await exchange(
          await jobToken('acme/app', { event: 'pull_request' }),
          'acme/app',
          'release',
        )
        say(`${answer.status}: ${String(answer.body['message'])}`)
        return answer.status === 403 && String(answer.body['message']).includes('subject')
      },
    },
    {
      title: 'The same pull request asks for "preview", which is meant for it',
      async run(say) {
        const answer = await exchange(
          await jobToken('acme/app', { event: 'pull_request' }),
          'acme/app',
          'preview',
        )
        return sayGrant(answer, say)
      },
    },
    {
      title: 'A job of acme/docs asks the organization for "docs-sync"',
      async run(say) {
        const answer = await exchange(await jobToken('acme/docs', { ref: 'main' }), 'acme', 'docs-sync')
        return sayGrant(answer, say)
      },
    },
    {
      title: 'Someone asks for an identity that nobody wrote a policy for',
      async run(say) {
        const answer = await exchange(await jobToken('acme/app', { ref: 'main' }), 'acme/app', 'admin')
        say(`${answer.status}: ${String(answer.body['message'])}`)
        return answer.status === 404
      },
    },
    {
      title: 'Somebody pushes a branch of acme/app with two changes to its policies',
      async run(say) {
        const folder = '.github/chainguard'
        const head = github.push({
          repository: 'acme/app',
          branch: 'policies',
          files: {
            [`${folder}/deploy.sts.yaml`]: MISSPELT_POLICY.replace('ISSUER', issuer.issuer),
            [`${folder}/preview.sts.yaml`]: WIDER_POLICY.replace('ISSUER', issuer.issuer),
          },
        }).after
        await github.deliveriesSettled()
        const checks = github.findRepository('acme/app')?.checkRuns ?? []
        const check = checks.find(({ suite }) => suite.headSha === head)
        say(`check run "${check?.name ?? ''}": ${check?.conclusion ?? 'none'}, ${check?.output.title ?? ''}`)
        for (const { path, startLine, level, title, message } of check?.annotations ?? []) {
          say(`${path}:${startLine} ${level}: ${message} (${title ?? ''})`)
        }
        say('Its summary, as GitHub renders it in the pull request:')
        for (const line of (check?.output.summary ?? '').split('\n')) say(`  ${line}`)
        return (
          check?.conclusion === 'failure' && check.annotations.some(({ title }) => title === 'unknown_field')
        )
      },
    },
  ]
}

/** Says what was granted; whether anything was. */
function sayGrant({ status, headers }: Answer, say: (line: string) => void): boolean {
  say(`${status}: ${headers.get('sts-permissions') ?? ''} on ${headers.get('sts-repositories') ?? ''}`)
  return status === 200
}

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  const body: unknown = await response.json()
  return {
    status: response.status,
    body: typeof body === 'object' && body !== null ? { ...body } : {},
    headers: response.headers,
  }
}
