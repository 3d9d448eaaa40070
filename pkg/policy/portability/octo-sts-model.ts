import type { Position } from '../document/diagnostic.ts'
import type { OctoStsCode } from './octo-sts-difference.ts'

/** One thing about a document that is not the same for octo-sts. */
export interface OctoStsFinding {
  readonly code: OctoStsCode
  /** The name or value that it is about, where there is one. */
  readonly subject?: string
  readonly position: Position
}

/** What the model of octo-sts has found in one document so far. */
export interface OctoStsModel {
  /** Why octo-sts refuses the document. Empty: it takes it, as far as the model knows. */
  readonly refusals: OctoStsFinding[]
  /** What octo-sts takes, and understands differently. */
  readonly meanings: OctoStsFinding[]
  /** Places that octo-sts may refuse. */
  readonly doubts: Position[]
}

export function createOctoStsModel(): OctoStsModel {
  return { refusals: [], meanings: [], doubts: [] }
}
