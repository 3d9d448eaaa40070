import { setImmediate } from 'node:timers/promises'
import type { FileAtCommit } from '#pkg/github'
import {
  compareIssuerLists,
  comparePower,
  inspectIssuerList,
  inspectTrustPolicy,
  type InspectOptions,
  type Inspection,
  type PolicyPlace,
  type PowerDifference,
} from '#pkg/policy'
import type { PolicyFile } from '../change/policy-file.ts'
import type { PolicyReview, VersionBefore } from './policy-review.ts'

/** A file that was read: as it is, and as it was before; undefined where there is nothing to compare it with. */
export interface FileVersions {
  readonly now: Uint8Array
  readonly before: FileAtCommit | undefined
}

/**
 * Holds a file against the language, and against what it was before. A large policy takes a while to compile, and so
 * does the comparison: others get their turn in between.
 */
export async function inspectFile(
  file: Exclude<PolicyFile, { kind: 'unread' }>,
  versions: FileVersions,
  place: PolicyPlace,
  options: InspectOptions,
): Promise<PolicyReview> {
  if (file.kind === 'issuer-list') {
    const inspected = await inspectVersions(
      versions,
      (bytes) => inspectIssuerList(bytes, options),
      compareIssuerLists,
    )
    const { value, diagnostics, ...rest } = inspected
    return {
      file,
      document: value === undefined ? undefined : { kind: file.kind, value, ...rest },
      diagnostics,
    }
  }
  const context = { ...options, repository: `${place.owner}/${place.repository}` }
  const inspected = await inspectVersions(
    versions,
    (bytes) => inspectTrustPolicy(bytes, file.level, context),
    (before, after) => comparePower(before, after, place),
  )
  const { value, diagnostics, ...rest } = inspected
  return {
    file,
    document: value === undefined ? undefined : { kind: file.kind, value, ...rest },
    diagnostics,
  }
}

async function inspectVersions<T>(
  { now, before }: FileVersions,
  inspect: (bytes: Uint8Array) => Inspection<T>,
  compare: (before: T | undefined, after: T | undefined) => PowerDifference,
): Promise<Inspection<T> & { readonly before: VersionBefore; readonly difference: PowerDifference }> {
  await setImmediate()
  const { value, diagnostics } = inspect(now)
  await setImmediate()
  const valueBefore = before?.kind === 'found' ? inspect(before.bytes).value : undefined
  await setImmediate()
  return {
    value,
    diagnostics,
    before: versionOf(before, valueBefore),
    difference: compare(valueBefore, value),
  }
}

function versionOf(before: FileAtCommit | undefined, value: unknown): VersionBefore {
  if (before === undefined || before.kind === 'absent') return 'none'
  return value === undefined ? 'invalid' : 'valid'
}
