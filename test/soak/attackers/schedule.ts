import { createRandom, shuffled } from '../random.ts'

/** When an attack is under way, in milliseconds from the beginning. */
export interface Turn<T> {
  readonly attack: T
  readonly fromMs: number
  readonly toMs: number
}

/** All attacks have their turn once in a round of about this length. */
const ROUND_MS = 60_000
/** Attacks that are under way at a time, but for the beginning. */
const OVERLAP = 5

/** Turns of all attacks, one after the other and overlapping, in each round in another order. */
export function planTurns<T>(attacks: readonly T[], durationMs: number, seed: number): readonly Turn<T>[] {
  const random = createRandom(seed)
  const rounds = Math.max(1, Math.round(durationMs / ROUND_MS))
  const roundMs = durationMs / rounds
  const stepMs = roundMs / attacks.length
  return Array.from({ length: rounds }, (_, round) =>
    shuffled(attacks, random).map((attack, index): Turn<T> => {
      const fromMs = round * roundMs + index * stepMs
      return { attack, fromMs, toMs: Math.min(durationMs, fromMs + OVERLAP * stepMs) }
    }),
  ).flat()
}
