import type { ReviewTarget } from '#pkg/github'
import { startWorld, TARGET, type World, type WorldOptions } from './world.ts'

/** Operation ids of the emulator. */
export const CREATE_CHECK = 'checks/create'
export const UPDATE_CHECK = 'checks/update'
export const COMPARE = 'repos/compare-commits-with-basehead'
export const LIST_DELIVERIES = 'apps/list-webhook-deliveries'
export const REDELIVER = 'apps/redeliver-webhook-delivery'

/** GitHub sends no pull requests to the webhook of an App that may not read them. */
const REVIEW_PERMISSIONS = {
  checks: 'write',
  contents: 'read',
  metadata: 'read',
  pull_requests: 'read',
} as const

/** A world whose App may review, and what a delivery about its repository names. */
export interface ReviewWorld extends World {
  readonly target: ReviewTarget
  /** The commit at the head of a branch of the repository. */
  readonly headOf: (branch: string) => string
  /** Bodies of the mints so far. */
  readonly mintBodies: () => readonly unknown[]
}

export async function startReviewWorld(options: WorldOptions = {}): Promise<ReviewWorld> {
  const world = await startWorld({ permissions: REVIEW_PERMISSIONS, ...options })
  const { github, installationId } = world
  const accountId = github.findAccount('acme')?.id ?? 0
  return {
    ...world,
    target: { ...TARGET, installationId, accountId },
    headOf: (branch) => github.findRepository('acme/widgets')?.branches.get(branch)?.sha ?? '',
    mintBodies: () =>
      github.calls
        .filter(({ path }) => path.endsWith('/access_tokens'))
        .map(({ requestBody }): unknown => JSON.parse(requestBody.toString())),
  }
}
