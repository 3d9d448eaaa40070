import type { FileAtCommit, FindOptions, GitHubReviews, Installation, ReviewTarget } from '#pkg/github'
import type { CompiledTrustPolicy, Diagnostic, InspectOptions } from '#pkg/policy'
import { mapConcurrently } from '#pkg/store'
import type { ChangedPolicy } from '../change/change.ts'
import { inspectFile } from './inspect-file.ts'
import { findLackingPermissions, findUnseenEntries } from './installation-check.ts'
import type { PolicyReview } from './policy-review.ts'

/** Reads of one review that are under way at a time. */
const READS_MAX = 8

/** What an installation lacks is believed if it was asked for within this. */
const GRANT_FRESH_MS = 10_000

/** GitHub takes no more names in one question. https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const NAMES_MAX = 500

const UNUSABLE: Readonly<Record<Extract<FileAtCommit, { kind: 'unusable' }>['problem'], string>> = {
  directory: 'this is a folder, and a policy is a file: rename the folder, or remove it',
  submodule: 'this is a submodule, and a policy is a file: put the file itself here',
  symlink: 'this is a symbolic link that leads to no file of this repository: put the file itself here',
  too_large: 'the file is larger than 32 KiB, and is not read: shorten it',
}

export interface PolicyReviewerOptions {
  readonly reviews: GitHubReviews
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

/** Reviews the policies of a change at its head. Those that turn out not to be there are left out. */
export type PolicyReviewer = (
  policies: readonly ChangedPolicy[],
  commit: { readonly target: ReviewTarget; readonly headSha: string },
  signal: AbortSignal,
) => Promise<readonly PolicyReview[]>

export function createPolicyReviewer(options: PolicyReviewerOptions): PolicyReviewer {
  const { reviews, findInstallation } = options

  async function review(
    changed: ChangedPolicy,
    { target, headSha }: Parameters<PolicyReviewer>[1],
    signal: AbortSignal,
  ): Promise<PolicyReview | undefined> {
    const { file, before } = changed
    if (file.kind === 'unread')
      return { file, document: undefined, diagnostics: [unreadFinding(file.advice)] }
    const now = await reviews.readFileAt(target, { path: file.path, ref: headSha }, { signal })
    if (now.kind === 'absent') return undefined
    if (now.kind === 'unusable') {
      return {
        file,
        document: undefined,
        diagnostics: [wholeFile('error', 'unusable_file', UNUSABLE[now.problem])],
      }
    }
    const then = before && (await reviews.readFileAt(target, before, { signal }))
    return await inspectFile(file, { now: now.bytes, before: then }, target, options.policies)
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
    const unseen = new Set<string>()
    const all = [...names]
    for (let at = 0; at < all.length; at += NAMES_MAX) {
      const asked = all.slice(at, at + NAMES_MAX)
      for (const name of await reviews.findUnseenRepositories(target, asked, { signal })) {
        unseen.add(name.toLowerCase())
      }
    }
    return unseen
  }

  return async (policies, commit, signal) => {
    const found = await mapConcurrently(policies, READS_MAX, (changed) => review(changed, commit, signal))
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

function unreadFinding(advice: string): Diagnostic {
  return wholeFile('warning', 'unreachable_file', `no exchange finds this file: ${advice}`)
}

function wholeFile(severity: Diagnostic['severity'], code: string, message: string): Diagnostic {
  return { severity, code, message, line: 1, column: 1 }
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column)
}
