import type { World } from '../../../emulator/index.ts'
import type { Step } from './step.ts'

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

/** How a policy is proven before it is merged. */
export function checkStep({ github, issuer }: World): Step {
  return {
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
  }
}
