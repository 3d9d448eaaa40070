import { StsError } from '#pkg/errors'
import { isUnanswered } from '#pkg/github'
import type { VerifiedToken } from '#pkg/oidc'
import {
  matchToken,
  readTrustPolicy,
  type CompiledTrustPolicy,
  type PolicyLevel,
  type PolicyLocation,
} from '#pkg/policy'
import type { CacheResult } from '#pkg/telemetry'
import {
  createPolicyFiles,
  findingOf,
  isOutage,
  type FileAnswer,
  type FileReader,
  type PolicyFiles,
} from './policy-files.ts'
import { createPolicyFolders } from './policy-folders.ts'

/** How long an absent policy is taken as absent, unless policies are fresh for less, in milliseconds. */
const ABSENT_FRESH_FOR_MS = 30_000
/** What an instruction of a compiled expression keeps in memory, measured on re2js 2.10, in bytes. */
const BYTES_PER_INSTRUCTION = 240

/** Step 7: trust policies, compiled once and used until they change. */
export interface TrustPolicies {
  /**
   * The policy at `location`.
   *
   * @param guess - called before GitHub is asked for a policy that may well be made up; may throw to prevent it. What it
   * gives is called when there was one, or no answer.
   * @throws StsError POLICY_NOT_FOUND, POLICY_INVALID, INSTALLATION_NOT_FOUND or GitHub's trouble.
   */
  read(
    location: PolicyLocation,
    reader: FileReader,
    signal: AbortSignal,
    guess?: () => () => void,
  ): Promise<LoadedPolicy>
  /** Keeps the policy in memory in preference to those that never served a grant. */
  vouchFor(location: PolicyLocation): void
  /** See `PolicyFiles.expire`. */
  expire(owner: string, repository?: string): void
  /** See `PolicyFiles.doubtAll`. */
  doubtAll(): void
}

export interface LoadedPolicy {
  readonly policy: CompiledTrustPolicy
  /** `owner/repository:path`. */
  readonly source: string
  readonly blob: string
  /** True when GitHub could not be asked and an older copy is used. */
  readonly stale: boolean
}

export interface TrustPoliciesOptions {
  /** `STS_POLICY_FRESHNESS`, in milliseconds. */
  readonly freshForMs: number
  readonly allowOrganizationPermissions: boolean
  readonly strict: boolean
  /** Told of every read what was known before it. Must neither throw nor wait. */
  readonly onLookup?: ((result: CacheResult) => void) | undefined
  readonly now: () => number
}

export function createTrustPolicies(options: TrustPoliciesOptions): TrustPolicies {
  const filesOf = (level: PolicyLevel): PolicyFiles<CompiledTrustPolicy> =>
    createPolicyFiles({
      parse: (bytes) =>
        readTrustPolicy(bytes, {
          level,
          allowOrganizationPermissions: options.allowOrganizationPermissions,
          strict: options.strict,
        }),
      sizeOf: (policy, bytes) => 8 * bytes.length + BYTES_PER_INSTRUCTION * instructionsOf(policy),
      freshForMs: options.freshForMs,
      absentFreshForMs: Math.min(options.freshForMs, ABSENT_FRESH_FOR_MS),
      mayUseLastState: isOutage,
      onLookup: options.onLookup,
      now: options.now,
    })
  const files = { repository: filesOf('repository'), organization: filesOf('organization') }
  const folders = createPolicyFolders({
    freshForMs: Math.min(options.freshForMs, ABSENT_FRESH_FOR_MS),
    now: options.now,
  })

  async function find(
    location: PolicyLocation,
    reader: FileReader,
    signal: AbortSignal,
    guess: (() => () => void) | undefined,
  ): Promise<FileAnswer<CompiledTrustPolicy>> {
    const ofLevel = files[location.level]
    const isGuess = ofLevel.isGuess(location, reader.accountId)
    const listed = isGuess ? folders.lookUp(location, reader.accountId) : 'listed'
    if (listed === 'absent') {
      options.onLookup?.('negative')
      return { state: { kind: 'absent' } }
    }
    if (listed === 'listed') return ofLevel.read(location, reader, { signal, isGuess: false })
    const wasNoMiss = guess?.()
    try {
      const answer = await ofLevel.read(location, reader, { signal, isGuess: true })
      const { kind } = answer.state
      if (kind === 'present' || kind === 'invalid' || isUnanswered(answer.failure)) wasNoMiss?.()
      else if (kind === 'absent') folders.missed(location, reader)
      return answer
    } catch (thrown) {
      // Whoever leaves does not know; else one could ask and hang up without end.
      if (!signal.aborted && isUnanswered(thrown)) wasNoMiss?.()
      throw thrown
    }
  }

  return {
    async read(location, reader, signal, guess) {
      const { state, failure } = await find(location, reader, signal, guess)
      if (state.kind === 'present') {
        const source = `${location.owner}/${location.repository}:${location.path}`
        return { policy: state.value, source, blob: state.blob, stale: failure !== undefined }
      }
      // An older copy may let someone in who was let in before; that nothing was there may have changed.
      if (failure !== undefined) throw failure
      switch (state.kind) {
        case 'absent':
          throw new StsError('policy_missing')
        case 'unreadable':
          throw new StsError('installation_missing', { detail: { repository: location.repository } })
        case 'invalid': {
          const { problem, blob } = state
          throw new StsError('policy_invalid', {
            detail: { ...findingOf(problem), blob },
          })
        }
      }
    },
    vouchFor(location) {
      files[location.level].vouchFor(location)
    },
    expire(owner, repository) {
      files.repository.expire(owner, repository)
      files.organization.expire(owner, repository)
      folders.expire(owner, repository)
    },
    doubtAll() {
      files.repository.doubtAll()
      files.organization.doubtAll()
      folders.forgetAll()
    },
  }
}

function instructionsOf(policy: CompiledTrustPolicy): number {
  let sum = 0
  for (const matcher of [policy.issuer, policy.subject, policy.audience]) {
    if (matcher?.kind === 'pattern') sum += matcher.expression.size
  }
  for (const { expression } of [...policy.claims, ...policy.forbiddenClaims]) sum += expression.size
  return sum
}

/** Step 8: ends the exchange at the first field of the policy that the token does not satisfy. */
export function matchPolicy(
  policy: CompiledTrustPolicy,
  token: VerifiedToken,
  location: PolicyLocation,
  domain: string,
): void {
  const verdict = matchToken(policy, token.claims, {
    domain,
    repository: `${location.owner}/${location.repository}`,
  })
  if (verdict.ok) return
  throw new StsError(verdict.reason, {
    detail: { field: verdict.field, actual: verdict.actual, expected: verdict.expected },
  })
}
