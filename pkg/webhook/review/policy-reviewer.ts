import type { FindOptions, GitHubReviews, Installation, ReviewTarget } from '#pkg/github'
import { POLICY_FOLDER, type CompiledTrustPolicy, type Diagnostic, type InspectOptions } from '#pkg/policy'
import { mapConcurrently } from '#pkg/store'
import type { ChangedPolicy } from '../change/change.ts'
import { isReadable, type PolicyFile } from '../policy-file.ts'
import { NO_FOLDER_FINDING, unreachableFinding, unusableFinding } from './file-finding.ts'
import { inspectFile, inspectRemovedList } from './inspect-file.ts'
import { findLackingPermissions, findUnseenEntries } from './installation-check.ts'
import type { PolicyReview } from './policy-review.ts'
import { createTurns } from './turns.ts'

/** Reads of one review that are under way at a time. */
const READS_MAX = 8

/** What an installation lacks is believed if it was asked for within this. */
const GRANT_FRESH_MS = 10_000

/** GitHub takes no more names in one question. https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const NAMES_MAX = 500

export interface PolicyReviewerOptions {
  readonly reviews: Pick<GitHubReviews, 'readFileAt' | 'listFolder' | 'findUnseenRepositories'>
  /** What the account of the repository has granted to the App. */
  readonly findInstallation: (
    target: ReviewTarget,
    options: FindOptions,
  ) => Promise<Pick<Installation, 'permissions' | 'account'>>
  /** As the service is configured that will use the policies. */
  readonly policies: Pick<InspectOptions, 'allowLoopback' | 'allowOrganizationPermissions' | 'strict'> & {
    readonly orgPolicyRepo: string
  }
}

export interface ReviewedCommit {
  readonly target: ReviewTarget
  readonly headSha: string
}

/** Reviews the policies of a change at its head. Those that turn out not to be there are left out. */
export type PolicyReviewer = (
  policies: readonly ChangedPolicy[],
  commit: ReviewedCommit,
  signal: AbortSignal,
) => Promise<readonly PolicyReview[]>

export function createPolicyReviewer(options: PolicyReviewerOptions): PolicyReviewer {
  const { reviews, findInstallation } = options
  const takeTurn = createTurns()

  async function review(
    { file, presence, blob, before }: ChangedPolicy,
    { target, headSha }: ReviewedCommit,
    signal: AbortSignal,
  ): Promise<PolicyReview | undefined> {
    if (file.kind === 'unread') return unusable(file, unreachableFinding(file.advice))
    if (file.kind === 'no-folder') return unusable(file, NO_FOLDER_FINDING)
    const context = { place: target, options: options.policies, takeTurn }
    const read = (at: { readonly path: string; readonly ref: string }) =>
      reviews.readFileAt(target, at, { signal })
    if (presence === 'removed') {
      if (file.kind === 'trust-policy') return { ...unusable(file), isRemoved: true }
      return await inspectRemovedList(file, before && (await read(before)), context)
    }
    const reading = read({ path: file.path, ref: headSha })
    // Of one that may not be there, the version before is asked for only once it is known to be.
    const beforehand = presence === 'there' ? before && read(before) : undefined
    const [now, earlier] = await Promise.all([reading, beforehand])
    if (now.kind === 'absent') return undefined
    if (now.kind === 'unusable') return unusable(file, unusableFinding(now.problem))
    // GitHub follows a link within the repository: then this is the content of another file.
    if (typeof blob === 'string' && now.blob !== blob) return unusable(file, unusableFinding('symlink'))
    const then = presence === 'there' ? earlier : before && (await read(before))
    return await inspectFile(file, { now: now.bytes, before: then }, context)
  }

  /** Sources that name a new file say nothing of what it is. */
  async function withBlobs(
    policies: readonly ChangedPolicy[],
    { target, headSha }: ReviewedCommit,
    signal: AbortSignal,
  ): Promise<readonly ChangedPolicy[]> {
    const isUnknown = ({ file, presence, blob, before }: ChangedPolicy): boolean =>
      isReadable(file) &&
      presence === 'there' &&
      (blob === null || (blob === undefined && before === undefined))
    if (!policies.some(isUnknown)) return policies
    const listing = await reviews.listFolder(target, { path: POLICY_FOLDER, ref: headSha }, { signal })
    const blobs = new Map(listing?.entries.map((entry) => [entry.path, entry.blob]))
    return policies.map((policy) => ({ ...policy, blob: policy.blob ?? blobs.get(policy.file.path) }))
  }

  /** Adds what the installation would refuse, which no policy shows by itself. */
  async function checkAgainstInstallation(
    found: readonly PolicyReview[],
    target: ReviewTarget,
    signal: AbortSignal,
  ): Promise<readonly PolicyReview[]> {
    const policies = found.flatMap(({ document }) =>
      document?.kind === 'trust-policy' ? [document.value] : [],
    )
    if (policies.length === 0) return found
    const lacking = await findLacking(policies, target, signal)
    const unseen = await findUnseen(policies, target, signal)
    return found.map((one) => {
      if (one.document?.kind !== 'trust-policy') return one
      const { value } = one.document
      const more = [...(lacking.get(value) ?? []), ...findUnseenEntries(value, target.owner, unseen)]
      return more.length === 0 ? one : { ...one, diagnostics: inOrder([...one.diagnostics, ...more]) }
    })
  }

  /** The App's permissions are asked for only where a policy grants more than the review itself has needed. */
  async function findLacking(
    policies: readonly CompiledTrustPolicy[],
    target: ReviewTarget,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<CompiledTrustPolicy, readonly Diagnostic[]>> {
    const asking = policies.filter((policy) => !isCovered(policy))
    if (asking.length === 0) return new Map()
    const check = async (
      find: FindOptions,
    ): Promise<ReadonlyMap<CompiledTrustPolicy, readonly Diagnostic[]>> => {
      const installation = await findInstallation(target, find)
      return new Map(asking.map((policy) => [policy, findLackingPermissions(policy, installation)]))
    }
    const known = await check({ signal })
    // They may have been granted since they were last asked for.
    const isLacking = [...known.values()].some((findings) => findings.length > 0)
    return isLacking ? await check({ signal, maxAgeMs: GRANT_FRESH_MS }) : known
  }

  async function findUnseen(
    policies: readonly CompiledTrustPolicy[],
    target: ReviewTarget,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const names = new Set(
      policies.flatMap(({ source }) => source.repositories ?? []).map((name) => name.toLowerCase()),
    )
    // The App has just read it.
    names.delete(target.repository.toLowerCase())
    const all = [...names]
    for (let at = 0; at < all.length; at += NAMES_MAX) {
      const asked = all.slice(at, at + NAMES_MAX)
      const unseen = await reviews.findUnseenRepositories(target, asked, { signal })
      // The check fails by these. To find all of them, whoever proposes a change could spend as many calls as they like.
      if (unseen.length > 0) return new Set(unseen.map((name) => name.toLowerCase()))
    }
    return new Set()
  }

  return async (policies, commit, signal) => {
    const known = await withBlobs(policies, commit, signal)
    const found = await mapConcurrently(known, READS_MAX, (changed) => review(changed, commit, signal))
    const there = found.filter((one) => one !== undefined)
    return await checkAgainstInstallation(there, commit.target, signal)
  }
}

/** Whether a policy grants only what the App has needed for the review itself. */
function isCovered({ source }: CompiledTrustPolicy): boolean {
  return Object.entries(source.permissions).every(
    ([name, level]) => level === 'read' && (name === 'contents' || name === 'metadata' || name === 'checks'),
  )
}

/** A file that an exchange can use nothing of. */
function unusable(file: PolicyFile, ...diagnostics: readonly Diagnostic[]): PolicyReview {
  return { file, document: undefined, isRemoved: false, removal: undefined, diagnostics }
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column)
}
