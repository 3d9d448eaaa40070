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
import type { ReadableFile } from '../policy-file.ts'
import { LIST_REMOVED_FINDING } from './file-finding.ts'
import type { PolicyReview, VersionBefore } from './policy-review.ts'

/** A file that was read: as it is, and as it was before; undefined where there is nothing to compare it with. */
export interface FileVersions {
  readonly now: Uint8Array
  readonly before: FileAtCommit | undefined
}

export interface InspectContext {
  readonly place: PolicyPlace
  readonly options: InspectOptions
  /** Resolves when it is time for the next piece of work that takes the process. */
  readonly takeTurn: () => Promise<void>
}

/**
 * Holds a file against the language, and against what it was before. A large policy takes a while to compile, and so
 * does the comparison: others get their turn in between.
 */
export async function inspectFile(
  file: ReadableFile,
  versions: FileVersions,
  { place, options, takeTurn }: InspectContext,
): Promise<PolicyReview> {
  if (file.kind === 'issuer-list') {
    const inspected = await inspectVersions(
      versions,
      takeTurn,
      (bytes) => inspectIssuerList(bytes, options),
      compareIssuerLists,
    )
    const { value, diagnostics, ...rest } = inspected
    return { ...PRESENT, file, document: value && { kind: file.kind, value, ...rest }, diagnostics }
  }
  const context = { ...options, repository: `${place.owner}/${place.repository}` }
  const inspected = await inspectVersions(
    versions,
    takeTurn,
    (bytes) => inspectTrustPolicy(bytes, file.level, context),
    (before, after) => comparePower(before, after, place),
  )
  const { value, diagnostics, ...rest } = inspected
  return { ...PRESENT, file, document: value && { kind: file.kind, value, ...rest }, diagnostics }
}

/** A list that the change removes: what it kept out is let in. */
export async function inspectRemovedList(
  file: ReadableFile,
  before: FileAtCommit | undefined,
  { options, takeTurn }: InspectContext,
): Promise<PolicyReview> {
  await takeTurn()
  const value = before?.kind === 'found' ? inspectIssuerList(before.bytes, options).value : undefined
  const removal = value && compareIssuerLists(value, undefined)
  return { file, document: undefined, isRemoved: true, removal, diagnostics: [LIST_REMOVED_FINDING] }
}

const PRESENT = { isRemoved: false, removal: undefined } as const

async function inspectVersions<T>(
  { now, before }: FileVersions,
  takeTurn: () => Promise<void>,
  inspect: (bytes: Uint8Array) => Inspection<T>,
  compare: (before: T | undefined, after: T | undefined) => PowerDifference,
): Promise<Inspection<T> & { readonly before: VersionBefore; readonly difference: PowerDifference }> {
  await takeTurn()
  const { value, diagnostics } = inspect(now)
  await takeTurn()
  const valueBefore = before?.kind === 'found' ? inspect(before.bytes).value : undefined
  await takeTurn()
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
