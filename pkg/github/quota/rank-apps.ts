import type { AppCandidate, InstallationQuota } from './installation-quota.ts'

/** What is known of Apps that could serve. */
export interface AppStanding {
  /** What is left of the installation's primary rate limit; undefined when that is not known. */
  quotaOf(installationId: number): InstallationQuota | undefined
  /** Milliseconds until the App may be used; 0: now. */
  waitMs(app: AppCandidate): number
}

/** A candidate in its place. */
export interface RankedApp<Candidate extends AppCandidate> {
  readonly candidate: Candidate
  /** Milliseconds until it may be used; 0: now. When the first has to wait, all have to. */
  readonly waitMs: number
}

export interface RankOptions {
  /** Requests left below which an installation is used only when there is no other. */
  readonly hardFloor: number
  /** Requests left below which an installation is used the less, the nearer it comes to the hard floor. */
  readonly softFloor: number
  /** At least 0 and below 1, such as `Math.random`. */
  readonly random: () => number
  /**
   * Whether the next call brings a figure, as a read by an installation token does. A mint does not: it is answered to the
   * App.
   */
  readonly explore: boolean
}

/**
 * The candidates in the order in which to try them.
 *
 * First those that may be used now. While the next call can bring a figure, the ones without one take turns; else they count
 * as the average of the others. Then by a draw in proportion to what is left, which between the floors fades out. Always
 * taking the greatest would send everything one way for as long as a figure is believed, and what is handed out shows only
 * when it is used. Then those below the hard floor, drawn alike. At the end those that have to wait, the shortest first.
 */
export function rankApps<Candidate extends AppCandidate>(
  candidates: readonly Candidate[],
  standing: AppStanding,
  options: RankOptions,
): readonly RankedApp<Candidate>[] {
  const { random, explore } = options
  const places = candidates.map((candidate): Place<Candidate> => {
    const waitMs = standing.waitMs(candidate)
    const remaining = standing.quotaOf(candidate.installationId)?.remaining
    if (remaining === undefined) return { candidate, waitMs, weight: undefined, isLast: false }
    return { candidate, waitMs, weight: weightOf(remaining, options), isLast: remaining < options.hardFloor }
  })
  const average = averageWeight(places)
  return places
    .map((place) => ({ ...place, ...orderOf(place, { average, explore, draw: random() }) }))
    .sort((a, b) => a.group - b.group || a.order - b.order)
    .map(({ candidate, waitMs }) => ({ candidate, waitMs }))
}

interface Place<Candidate> extends RankedApp<Candidate & AppCandidate> {
  /** In the draw; undefined when nothing is known. */
  readonly weight: number | undefined
  readonly isLast: boolean
}

const GROUPS = { unknown: 0, drawn: 1, last: 2, waiting: 3 } as const

interface Order {
  readonly group: number
  readonly order: number
}

function orderOf(
  { waitMs, weight, isLast }: Place<unknown>,
  { average, explore, draw }: { readonly average: number; readonly explore: boolean; readonly draw: number },
): Order {
  if (waitMs > 0) return { group: GROUPS.waiting, order: waitMs }
  if (weight === undefined && explore) return { group: GROUPS.unknown, order: draw }
  // The smallest of exponential variables is each one's with a probability in proportion to its rate:
  // https://doi.org/10.1016/j.ipl.2005.11.003 (Efraimidis and Spirakis)
  const order = -Math.log(1 - draw) / (weight ?? average)
  return { group: isLast ? GROUPS.last : GROUPS.drawn, order }
}

/** `remaining`, and less between the floors. Never nothing: each of them has to have its turn. */
function weightOf(remaining: number, { hardFloor, softFloor }: RankOptions): number {
  if (remaining < hardFloor || remaining >= softFloor) return Math.max(1, remaining)
  return (remaining * (remaining - hardFloor + 1)) / (softFloor - hardFloor + 1)
}

/** Of those that are drawn; 1 when there are none. */
function averageWeight(places: readonly Place<unknown>[]): number {
  const weights = places.flatMap(({ weight, isLast }) => (weight === undefined || isLast ? [] : [weight]))
  return weights.length === 0 ? 1 : weights.reduce((sum, weight) => sum + weight) / weights.length
}
