import { GRANTED, NO_ANSWER, NOT_CONNECTED, NOT_CUT } from '../attacks/attack.ts'
import type { Outcomes } from '../messages.ts'
import type { SoakResult } from './result.ts'

/** One target, and whether it was reached. */
export interface Verdict {
  readonly target: string
  readonly reached: boolean
  /** What was seen. */
  readonly seen: string
  /** Missed, the run has failed; else it depends on the machine, and is told. */
  readonly required: boolean
}

const HEALTH_P99_MS = 150
/** Connections to GitHub that are kept for a while, a watch on a file. */
const DESCRIPTORS_SLACK = 16
/** Caches that were empty and are full, within their bounds. */
const HEAP_SLACK_BYTES = 64 * 1024 * 1024

/** What an overloaded machine can bring about. */
const LATE: ReadonlySet<string> = new Set([NO_ANSWER, NOT_CONNECTED, NOT_CUT])

export function judge(result: SoakResult): readonly Verdict[] {
  const { good, tokens, health, usage, log, attacks, died, exit } = result
  const sent = sum(good.map((one) => one.sent))
  const answered = sum(good.map((one) => one.answered))
  const granted = sum(attacks.map(({ unexpected }) => unexpected[GRANTED] ?? 0))
  const wrong = attacksWith(attacks, (word) => !LATE.has(word))
  const late = attacksWith(attacks, (word) => LATE.has(word))
  const internalAnswers = sum(attacks.map(({ outcomes }) => outcomes['INTERNAL'] ?? 0))
  const failedChecks = sum(health.map(({ failed }) => failed))
  const healthP99Ms = Math.max(...health.map(({ p99Ms }) => p99Ms))
  const errors = sum(Object.values(log.errors))
  return [
    {
      target: 'the service lives',
      required: true,
      reached: died === undefined,
      seen: String(died?.signal ?? died?.code ?? 'yes'),
    },
    {
      target: 'every good exchange has its token',
      required: true,
      reached: sent > 0 && answered === sent,
      seen: `${answered} of ${sent}`,
    },
    {
      target: 'every token is the right one, and new',
      required: true,
      reached: tokens.wrong === 0 && tokens.repeated === 0,
      seen: `${tokens.wrong} wrong, ${tokens.repeated} twice, of ${tokens.received}`,
    },
    {
      target: 'no INTERNAL',
      required: true,
      reached: log.internal + internalAnswers === 0,
      seen: String(log.internal + internalAnswers),
    },
    { target: 'no token for an attacker', required: true, reached: granted === 0, seen: String(granted) },
    {
      target: 'no token and no fetched byte in the log',
      required: true,
      reached: Object.keys(log.leaks).length === 0,
      seen: `${list(log.leaks) || 'none'}, in ${log.lines} lines`,
    },
    {
      target: 'no error and no stray line in the log',
      required: true,
      reached: errors + log.stray.length === 0,
      seen: `${errors} errors, ${log.stray.length} stray lines`,
    },
    {
      target: 'attacks are met as they should be',
      required: true,
      reached: wrong === '',
      seen: wrong || 'all',
    },
    { target: 'attacks are met in time', required: false, reached: late === '', seen: late || 'all' },
    {
      target: 'every health check succeeds',
      required: false,
      reached: failedChecks === 0,
      seen: `${failedChecks} failed`,
    },
    {
      target: 'ends with 0 after SIGTERM',
      required: true,
      reached: exit.code === 0,
      seen: String(exit.signal ?? exit.code),
    },
    {
      target: 'descriptors are level',
      required: true,
      ...level(usage.start.descriptors, usage.end.descriptors, DESCRIPTORS_SLACK, String),
    },
    {
      target: 'the live heap is level',
      required: false,
      ...level(usage.start.heapBytes, usage.end.heapBytes, HEAP_SLACK_BYTES, megabytes),
    },
    {
      target: `health p99 below ${HEALTH_P99_MS} ms`,
      required: false,
      reached: healthP99Ms < HEALTH_P99_MS,
      seen: `${healthP99Ms.toFixed(0)} ms`,
    },
  ]
}

function attacksWith(attacks: SoakResult['attacks'], test: (word: string) => boolean): string {
  return attacks
    .map(({ name, unexpected }) => ({
      name,
      words: Object.entries(unexpected).filter(([word]) => test(word)),
    }))
    .filter(({ words }) => words.length > 0)
    .map(({ name, words }) => `${name}: ${list(Object.fromEntries(words))}`)
    .join('; ')
}

/** Whether a run has failed. */
export function hasFailed(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ required, reached }) => required && !reached)
}

function level(
  before: number | undefined,
  after: number | undefined,
  slack: number,
  show: (value: number) => string,
): Pick<Verdict, 'reached' | 'seen'> {
  if (before === undefined || after === undefined) return { reached: true, seen: 'not known on this system' }
  return { reached: after <= before + slack, seen: `${show(before)} -> ${show(after)}` }
}

/** `a 1, b 2` */
export function list(outcomes: Outcomes): string {
  return Object.entries(outcomes)
    .sort(([, one], [, other]) => other - one)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ')
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
