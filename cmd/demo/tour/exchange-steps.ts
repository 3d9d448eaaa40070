import type { Answer, Caller } from './caller.ts'
import type { Step } from './step.ts'

/** Who gets a token, and who does not. */
export function exchangeSteps({ jobToken, exchange, callGitHub }: Caller): readonly Step[] {
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
  ]
}

/** Says what was granted; whether anything was. */
function sayGrant({ status, headers }: Answer, say: (line: string) => void): boolean {
  say(`${status}: ${headers.get('sts-permissions') ?? ''} on ${headers.get('sts-repositories') ?? ''}`)
  return status === 200
}
