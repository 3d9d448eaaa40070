import type { PowerText } from './power-text.ts'

/**
 * - `gain`: lets in somebody, or grants something, that was not before.
 * - `change`: may be a gain: that it is none could not be proven.
 * - `loss`: takes something away, and gives nothing.
 */
export type PowerEffect = 'gain' | 'change' | 'loss'

/** One thing that another version of a document does to its power. */
export interface PowerChange {
  readonly effect: PowerEffect
  /** As in the document, without the ending `_pattern`: `subject`, `permissions.contents`, `claim_pattern.ref`, ... */
  readonly field: string
  /** One clause for people, without a subject: `raises contents from read to write`. */
  readonly text: PowerText
}

/** What another version of a document does to its power. */
export interface PowerDifference {
  /**
   * The worst of the changes: `more` with any gain, else `may_be_more` with any change, else `less` with any loss.
   * `same`: the versions differ at most in what has no power, as comments, order and the description.
   */
  readonly power: 'more' | 'may_be_more' | 'less' | 'same'
  /** Gains first, then changes, then losses. */
  readonly changes: readonly PowerChange[]
}

const EFFECTS: readonly PowerEffect[] = ['gain', 'change', 'loss']

/** The changes in their order, with the worst of them. */
export function summarize(changes: readonly PowerChange[]): PowerDifference {
  const sorted = EFFECTS.flatMap((effect) => changes.filter((change) => change.effect === effect))
  const [worst] = sorted
  switch (worst?.effect) {
    case 'gain':
      return { power: 'more', changes: sorted }
    case 'change':
      return { power: 'may_be_more', changes: sorted }
    case 'loss':
      return { power: 'less', changes: sorted }
    case undefined:
      return { power: 'same', changes: sorted }
  }
}
