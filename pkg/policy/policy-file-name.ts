import { findNearMiss } from './document/near-miss.ts'
import { isIdentity } from './names.ts'
import { ISSUER_LIST_PATH, POLICY_FOLDER, POLICY_SUFFIX } from './policy-location.ts'

const ISSUER_LIST_NAME = ISSUER_LIST_PATH.slice(POLICY_FOLDER.length + 1)

/** What the name of a file in the policy folder says about it. */
export interface PolicyFileName {
  /** What it is, or is probably meant to be. */
  readonly kind: 'trust-policy' | 'issuer-list'
  /** Why no exchange finds a file of this name, as what to do. Undefined: it is found. */
  readonly rename: string | undefined
}

/** Reads the bare name of a file. Names are byte-exact: `release.STS.yaml` is no policy, but meant to be one. */
export function readPolicyFileName(name: string): PolicyFileName {
  if (name === ISSUER_LIST_NAME) return { kind: 'issuer-list', rename: undefined }
  if (isNearIssuerList(name)) return { kind: 'issuer-list', rename: `rename it to ${ISSUER_LIST_NAME}` }
  return { kind: 'trust-policy', rename: renameOf(name) }
}

function isNearIssuerList(name: string): boolean {
  return (
    /\.ya?ml$/i.test(name) &&
    !name.endsWith(POLICY_SUFFIX) &&
    findNearMiss(name, [ISSUER_LIST_NAME]) !== undefined
  )
}

function renameOf(name: string): string | undefined {
  const identity = name.endsWith(POLICY_SUFFIX) ? name.slice(0, -POLICY_SUFFIX.length) : undefined
  if (identity === undefined) {
    const stem = name.replace(/(?:\.sts)?\.ya?ml$/i, '')
    return `rename it to ${isIdentity(stem) ? stem : 'NAME'}${POLICY_SUFFIX}`
  }
  return isIdentity(identity)
    ? undefined
    : `rename it: an identity has 1 to 128 of the characters A-Z a-z 0-9 . _ - and so does its file before ${POLICY_SUFFIX}`
}
