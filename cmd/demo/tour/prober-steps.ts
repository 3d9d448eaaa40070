import type { ProbeResult } from '#pkg/prober'
import type { World } from '../../../emulator/index.ts'
import { shownText } from '../shown-text.ts'
import type { DemoProber, Probers } from '../probers.ts'
import type { Step } from './step.ts'

const REPOSITORY = 'acme/prober'
const POLICY_PATH = '.github/chainguard/prober.sts.yaml'

/** Every job of the repository gets in, that of the negative prober too. */
const TOO_WIDE_POLICY = `issuer: ISSUER
subject_pattern: repo:acme@4242/prober@510004:.*
permissions:
  contents: read
  issues: read
`

type Say = (line: string) => void

/** How somebody notices that the service lets nobody in, or those whom it should not. */
export function proberSteps(world: World, { prober, negativeProber }: Probers): readonly Step[] {
  return [
    {
      title: 'Two probers try the service: as its user, and as those who must get nothing',
      async run(say) {
        const results = await Promise.all([prober.run(), negativeProber.run()])
        for (const result of results) sayResult(result, result.steps, say)
        return results.every(({ outcome }) => outcome === 'passed')
      },
    },
    {
      title: 'Somebody merges a policy of acme/prober that is too wide, and the negative prober gets in',
      async run(say) {
        const before = policyOf(world)
        let failed: ProbeResult
        try {
          const check = await merge(world, TOO_WIDE_POLICY.replace('ISSUER', world.issuer.issuer))
          say(
            `check run "${check?.name ?? ''}": ${check?.conclusion ?? 'none'}, ${check?.output.title ?? ''}`,
          )
          for (const line of (check?.output.summary ?? '').split('\n')) {
            if (line.startsWith('- ')) say(`  ${line}`)
          }
          failed = await runAnew(negativeProber)
        } finally {
          await merge(world, before)
        }
        sayResult(
          failed,
          failed.steps.filter(({ outcome }) => outcome === 'failed'),
          say,
        )
        say('the policy is put back:')
        const passed = await runAnew(negativeProber)
        sayResult(passed, [], say)
        return failed.outcome === 'failed' && passed.outcome === 'passed'
      },
    },
  ]
}

function policyOf({ github }: World): Buffer | null {
  const repository = github.findRepository(REPOSITORY)
  return repository?.branches.get(repository.defaultBranch)?.files.get(POLICY_PATH)?.content ?? null
}

/**
 * Ends when the webhook has taken the push, and the service has dropped what it remembers of the policy; resolves with
 * the check run, if there is one yet.
 */
async function merge({ github }: World, policy: string | Buffer | null) {
  const head = github.writeFile(REPOSITORY, POLICY_PATH, policy).after
  await github.deliveriesSettled()
  return github.findRepository(REPOSITORY)?.checkRuns.find(({ suite }) => suite.headSha === head)
}

/** The result of a run that began after the call: one that is under way may have met what was before. */
async function runAnew(prober: DemoProber): Promise<ProbeResult> {
  const calledAt = Date.now()
  const result = await prober.run()
  return Date.parse(result.startedAt) >= calledAt ? result : await prober.run()
}

function sayResult(
  { prober, outcome, durationMs }: ProbeResult,
  steps: ProbeResult['steps'],
  say: Say,
): void {
  say(`${prober}: ${outcome}, in ${Math.round(durationMs)} ms`)
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  for (const { name, outcome: stepOutcome, detail } of steps) {
    say(`  ${stepOutcome.padEnd(7)}  ${name.padEnd(width)}  ${shownText(detail)}`)
  }
}
