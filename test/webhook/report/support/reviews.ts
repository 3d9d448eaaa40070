import type { Diagnostic, InspectOptions } from '#pkg/policy'
import type { PolicyFile, ReadableFile } from '../../../../pkg/webhook/policy-file.ts'
import {
  inspectFile,
  inspectRemovedList,
  type InspectContext,
} from '../../../../pkg/webhook/review/inspect-file.ts'
import type { PolicyReview } from '../../../../pkg/webhook/review/policy-review.ts'

export const PLACE = { owner: 'acme', repository: '.github' }
const FOLDER = '.github/chainguard'

export interface FileText {
  /** Without its folder. */
  readonly name: string
  readonly kind?: 'trust-policy' | 'issuer-list'
  readonly text: string
  /** Undefined: there was none. */
  readonly before?: string | undefined
}

/** The review of a file with this text, as far as it asks nobody. */
export function reviewText(
  { name, kind = 'trust-policy', text, before }: FileText,
  options: InspectOptions = { orgPolicyRepo: '.github' },
): Promise<PolicyReview> {
  const path = `${FOLDER}/${name}`
  const file: ReadableFile = kind === 'issuer-list' ? { kind, path } : { kind, path, level: 'organization' }
  const versions = { now: Buffer.from(text), before: before === undefined ? undefined : found(before) }
  return inspectFile(file, versions, contextOf(options))
}

/** The review of the issuer list that a change removes. */
export function reviewRemovedList(before: string): Promise<PolicyReview> {
  const file = { kind: 'issuer-list', path: `${FOLDER}/trusted-token-issuers.yaml` } as const
  return inspectRemovedList(file, found(before), contextOf({ orgPolicyRepo: '.github' }))
}

/** The review of a trust policy that a change removes. */
export function removedPolicy(name: string): PolicyReview {
  return { ...reviewWith(name, []), isRemoved: true }
}

/** The review of a file that is no policy, or cannot be used, with these findings. */
export function reviewWith(
  name: string,
  diagnostics: readonly Diagnostic[],
  kind: 'unread' | 'trust-policy' = 'trust-policy',
): PolicyReview {
  const path = `${FOLDER}/${name}`
  const file: PolicyFile =
    kind === 'unread' ? { kind, path, advice: 'rename it' } : { kind, path, level: 'repository' }
  return { file, document: undefined, isRemoved: false, removal: undefined, diagnostics }
}

/** The review of what takes the place of the folder. */
export function reviewWithoutFolder(diagnostics: readonly Diagnostic[]): PolicyReview {
  return { ...reviewWith('', diagnostics), file: { kind: 'no-folder', path: FOLDER } }
}

/** A finding, at the beginning of its file unless said otherwise. */
export function finding(severity: Diagnostic['severity'], more: Partial<Diagnostic> = {}): Diagnostic {
  return { severity, code: 'a_code', message: 'a message', line: 1, column: 1, ...more }
}

/** A policy that is valid, and about which there is nothing to say. */
export const GOOD_POLICY = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@4242/app@510001:ref:refs/heads/main',
  'permissions: { issues: read }',
  'repositories: [app]',
  '',
].join('\n')

function contextOf(options: InspectOptions): InspectContext {
  return { place: PLACE, options, takeTurn: () => Promise.resolve() }
}

function found(text: string) {
  return { kind: 'found', bytes: Buffer.from(text), etag: undefined, blob: '' } as const
}
