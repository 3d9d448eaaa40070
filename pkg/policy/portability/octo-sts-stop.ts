import type { OctoStsCode } from './octo-sts-difference.ts'

/** Why reading ends at an offset: octo-sts refuses the document, or this does not tell. */
export interface OctoStsStop {
  readonly kind: 'rejects' | 'unknown'
  readonly offset: number
  /** Set where the document may be valid here. */
  readonly code?: OctoStsCode
}
