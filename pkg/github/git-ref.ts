import { StsError } from '#pkg/errors'

/** What the name of a ref never holds, so that it can be told from an expression over commits. https://git-scm.com/docs/git-check-ref-format */
const NOT_IN_A_REF = /[\p{Cc} ~^:?*[\\]|\.\./u

/**
 * `ref`, if it can be a commit id or the name of a branch.
 *
 * @throws StsError `unexpected` otherwise: GitHub takes an empty one for the default branch, and two dots in one for a
 * range. What a delivery names is judged before, so this is the last line.
 */
export function requireRef(ref: string): string {
  if (ref !== '' && !NOT_IN_A_REF.test(ref)) return ref
  throw new StsError('unexpected', { detail: { problem: 'not a commit or a branch' } })
}
