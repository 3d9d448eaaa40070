import { StsError } from '#pkg/errors'
import { refused } from './answer.ts'
import type { AppCaller } from './app-caller.ts'
import type { Background } from './background.ts'
import { createGrant } from './grant.ts'
import { readInstallation } from './installation.ts'
import { resourcePath } from './resource-path.ts'
import { namedInstallation, type ReviewTarget } from './review-target.ts'
import type { TokenMinter } from './token-minter.ts'
import type { TokenRevoker } from './token-revoker.ts'

/** The most repositories that are asked for one by one. */
const ASKED_MAX = 50

/** Of these questions, at once. */
const CONCURRENT_MAX = 5

/** How a mint fails when not all of its repositories are covered; the second one where a name leads elsewhere now. */
const NOT_ALL_SEEN = ['permission_not_granted', 'grant_exceeded'] as const

/** Tells which repositories an installation covers. */
export interface RepositoryVisibility {
  /**
   * Those of `names` (bare, at most 500, with the owner of `target`) that the installation does not cover: missing, renamed,
   * or not selected. Empty when all are covered, which one call tells.
   *
   * When some are not, up to 50 names are asked for one by one, and nothing is said of the others; but then at least one is
   * named, whatever their number.
   *
   * @throws StsError `unexpected` for more than 500 names or an empty one, and the failures of `TokenMinter.mint` and
   * `AppCaller.call`.
   */
  findUnseen(
    target: ReviewTarget,
    names: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly string[]>
}

export interface RepositoryVisibilityOptions {
  readonly caller: AppCaller
  readonly minter: TokenMinter
  readonly revoker: TokenRevoker
  readonly background: Background
  readonly now: () => number
}

export function createRepositoryVisibility(options: RepositoryVisibilityOptions): RepositoryVisibility {
  const { caller, minter, revoker, background, now } = options

  /** Whether GitHub makes a token for all of them. It can do nothing but see them, and is revoked at once. */
  async function areAllSeen(
    target: ReviewTarget,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const grant = createGrant({ metadata: 'read' }, names)
    const installation = namedInstallation(target)
    try {
      await background.run(async () => {
        const token = await minter.mint({
          operation: 'mint_probe_token',
          target,
          installation,
          grant,
          signal,
        })
        void revoker.revoke(token)
      })
      return true
    } catch (error) {
      if (error instanceof StsError && NOT_ALL_SEEN.some((reason) => reason === error.reason)) return false
      throw error
    }
  }

  async function isSeen(target: ReviewTarget, name: string, signal: AbortSignal): Promise<boolean> {
    const operation = 'find_installation'
    const path = resourcePath('repos', target.owner, name, 'installation')
    const answer = await caller.call({ operation, method: 'GET', path, repeatable: true, signal })
    if (answer.status === 404 || (answer.status >= 300 && answer.status < 400)) return false
    if (answer.status !== 200) throw refused(operation, answer)
    return readInstallation(answer, now()).account.id === target.accountId
  }

  async function askEach(
    target: ReviewTarget,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const unseen: string[] = []
    for (let start = 0; start < names.length; start += CONCURRENT_MAX) {
      const part = names.slice(start, start + CONCURRENT_MAX)
      const seen = await Promise.all(part.map((name) => isSeen(target, name, signal)))
      unseen.push(...part.filter((_, index) => seen[index] === false))
    }
    return unseen
  }

  return {
    async findUnseen(target, names, { signal }) {
      const distinct = [...new Set(names)]
      if (distinct.length === 0 || (await areAllSeen(target, distinct, signal))) return []
      for (let start = 0; start < distinct.length; start += ASKED_MAX) {
        const part = distinct.slice(start, start + ASKED_MAX)
        const isWhole = part.length === distinct.length
        if (!isWhole && (await areAllSeen(target, part, signal))) continue
        return await askEach(target, part, signal)
      }
      return []
    },
  }
}
