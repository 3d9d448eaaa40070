import { exampleTexts } from '../expression/example-text.ts'
import { formatGitHubSubject, GITHUB_ACTIONS_ISSUER, parseGitHubSubject } from '../github-subject.ts'
import { accepts, matcherPath, syntaxOf, type LintFinding, type LintRule } from './lint-rule.ts'
import { quoted } from '../document/quotation.ts'
import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'

/** A branch that nobody has: what takes it takes any. */
const ANY_BRANCH = 'zqxjk'

/** Repositories for subject patterns that leave the repository open. */
const ANY_REPOSITORIES = ['repo:example/example', 'repo:example@1/example@1']

/** A kind of run, with the claims that a policy may use to keep it out. */
interface Run {
  readonly context: string
  readonly claims: ReadonlyMap<string, string>
}

const PULL_REQUEST: Run = runOf('pull_request', 'pull_request', 'refs/pull/1/merge')
const BRANCH: Run = runOf(`ref:refs/heads/${ANY_BRANCH}`, 'push', `refs/heads/${ANY_BRANCH}`)

/** Whoever may open a pull request or push a branch chooses the code that runs there. */
export const findWritesOfAnyRef: LintRule = (policy) => {
  const levels = Object.values(policy.source.permissions)
  if (!isForGitHubActions(policy) || levels.every((level) => level === 'read')) return []
  const path = matcherPath('subject', policy.subject)
  const findings: LintFinding[] = []
  if (takes(policy, PULL_REQUEST)) {
    const message =
      'a workflow of a pull request can use what this grants to write, before anybody reviewed it: name a branch or an environment'
    findings.push({ code: 'pull_request_can_write', path, message })
  }
  if (takes(policy, BRANCH)) {
    const message =
      'a workflow of any branch can use what this grants to write: name the branch, or an environment that protects it'
    findings.push({ code: 'any_ref_can_write', path, message })
  }
  return findings
}

/** Subjects in a form that repositories of today do not have. */
export const findOldSubjectForms: LintRule = (policy) => {
  if (!isForGitHubActions(policy)) return []
  const { subject } = policy
  const path = matcherPath('subject', subject)
  const texts = subject.kind === 'exact' ? [subject.value] : exampleTexts(syntaxOf(subject.expression))
  if (texts.some((text) => /^repo:[^:]*@[^:]*:/.test(text) && parseGitHubSubject(text) === undefined)) {
    const message =
      'GitHub has no such subject: it is repo:OWNER/REPO:..., or repo:OWNER@ID/REPO@ID:... with both ids as numbers'
    return [{ code: 'subject_form_invalid', path, message }]
  }
  const onlyNames = texts.some((text) => {
    const parsed = parseGitHubSubject(text)
    if (parsed === undefined || parsed.ids !== undefined || !accepts(subject, text)) return false
    return !accepts(subject, formatGitHubSubject({ ...parsed, ids: { owner: '1', repository: '1' } }))
  })
  if (!onlyNames) return []
  const message = `repositories that were made, renamed or transferred since 15 July 2026 do not match: their subject is ${lineWithIds(subject)}`
  return [{ code: 'subject_without_ids', path, message }]
}

/** What to write instead, as far as that can be known here. */
function lineWithIds(subject: Matcher): string {
  const parsed = subject.kind === 'exact' ? parseGitHubSubject(subject.value) : undefined
  if (parsed === undefined) return 'repo:OWNER@ID/REPO@ID:...'
  return quoted(formatGitHubSubject({ ...parsed, ids: { owner: 'OWNER_ID', repository: 'REPO_ID' } }))
}

function isForGitHubActions({ issuer }: CompiledTrustPolicy): boolean {
  return issuer.kind === 'exact'
    ? issuer.value === GITHUB_ACTIONS_ISSUER || issuer.value.startsWith(`${GITHUB_ACTIONS_ISSUER}/`)
    : issuer.expression.matches(GITHUB_ACTIONS_ISSUER)
}

/** Whether a policy lets such a run in, as far as its subject and the claims about the run can tell. */
function takes(policy: CompiledTrustPolicy, run: Run): boolean {
  const { subject } = policy
  const texts = subject.kind === 'exact' ? [subject.value] : exampleTexts(syntaxOf(subject.expression))
  const repositories = texts.flatMap((text) => /^repo:[^:]+/.exec(text)?.[0] ?? [])
  const subjects = [...repositories, ...ANY_REPOSITORIES].map((repository) => `${repository}:${run.context}`)
  return subjects.some((text) => accepts(subject, text)) && !isKeptOut(policy, run)
}

function isKeptOut({ claims, forbiddenClaims }: CompiledTrustPolicy, run: Run): boolean {
  const missing = claims.some(({ claim, expression }) => {
    const value = run.claims.get(claim)
    return value !== undefined && !expression.matches(value)
  })
  const forbidden = forbiddenClaims.some(({ claim, expression }) => {
    const value = run.claims.get(claim)
    return value !== undefined && expression.matches(value)
  })
  return missing || forbidden
}

function runOf(context: string, event: string, ref: string): Run {
  const workflow = `example/example/.github/workflows/${ANY_BRANCH}.yml@${ref}`
  return {
    context,
    claims: new Map([
      ['environment', ANY_BRANCH],
      ['event_name', event],
      ['job_workflow_ref', workflow],
      ['ref', ref],
      ['ref_protected', 'false'],
      ['workflow_ref', workflow],
    ]),
  }
}
