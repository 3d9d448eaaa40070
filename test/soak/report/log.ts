import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { CANARY } from '../world/names.ts'

/** What is in the service's log. */
export interface LogFindings {
  readonly lines: number
  /** Lines of severity ERROR that no fault of GitHub explains, by message and reason. */
  readonly errors: Readonly<Record<string, number>>
  /** Mints whose answer GitHub lost, for the attackers' owners: an error, and as it should be. */
  readonly lostMints: number
  /** Exchanges that ended with INTERNAL, and failures that nobody expected. */
  readonly internal: number
  /** Lines that the logger has not written: warnings of Node, stacks. */
  readonly stray: readonly string[]
  /** Lines with a token, a part of one, or bytes that a hostile server sent, by what it is. */
  readonly leaks: Readonly<Record<string, number>>
}

const STRAY_KEPT = 10

/** What no line may look like. */
const SHAPES: readonly { readonly name: string; readonly shape: RegExp }[] = [
  { name: 'token of GitHub', shape: /ghs_[A-Za-z0-9]/ },
  // `{"` in base64url, with which the first two parts of a JWT begin.
  { name: 'JWT', shape: /eyJ[A-Za-z0-9_-]{10}/ },
  // Nothing that the service has to log has as many in a row; every signature has more.
  { name: 'long run of base64url', shape: /[A-Za-z0-9_-]{80}/ },
  { name: 'private key', shape: /PRIVATE KEY/ },
  { name: 'bytes of a hostile server', shape: new RegExp(CANARY) },
]
/** A hash in base64 may look like anything by chance. */
const HASH = /"base64":"[A-Za-z0-9+/]{43}="/g
/** Of each secret this many characters are looked for. */
const NEEDLE_LENGTH = 24
const LONG_RUN = new RegExp(`[A-Za-z0-9_-]{${NEEDLE_LENGTH},}`, 'g')

interface Line {
  readonly severity?: string
  readonly message?: string
  readonly record?: { readonly outcome?: string; readonly reason?: string; readonly scope?: unknown }
  readonly err?: { readonly reason?: string }
}

/** Reads a log. `secrets` are texts that must not be in it in any way. */
export async function readLog(file: string, secrets: readonly string[]): Promise<LogFindings> {
  const errors: Record<string, number> = {}
  const stray: string[] = []
  const needles = new Set(secrets.map((secret) => secret.slice(0, NEEDLE_LENGTH)))
  let lines = 0
  let lostMints = 0
  let internal = 0
  const leaks: Record<string, number> = {}
  for await (const text of createInterface({ input: createReadStream(file) })) {
    lines += 1
    for (const leak of leaksIn(text.replace(HASH, ''), needles)) leaks[leak] = (leaks[leak] ?? 0) + 1
    const line = parse(text)
    if (line === undefined) {
      if (stray.length < STRAY_KEPT) stray.push(text)
      continue
    }
    if (line.record?.outcome === 'INTERNAL' || line.message?.startsWith('unexpected failure') === true) {
      internal += 1
    }
    if (line.severity !== 'ERROR') continue
    if (line.record?.outcome === 'MINT_UNKNOWN' && text.includes('faulty-mint-')) lostMints += 1
    else {
      const what = `${line.message ?? ''} ${line.record?.reason ?? line.err?.reason ?? ''}`
      errors[what] = (errors[what] ?? 0) + 1
    }
  }
  return { lines, errors, lostMints, internal, stray, leaks }
}

function leaksIn(text: string, needles: ReadonlySet<string>): readonly string[] {
  const found = SHAPES.filter(({ shape }) => shape.test(text)).map(({ name }) => name)
  const hasNeedle = Array.from(text.matchAll(LONG_RUN)).some(([run]) =>
    Array.from({ length: run.length - NEEDLE_LENGTH + 1 }, (_, at) => run.slice(at, at + NEEDLE_LENGTH)).some(
      (part) => needles.has(part),
    ),
  )
  return hasNeedle ? [...found, 'part of a token'] : found
}

function parse(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null ? line : undefined
  } catch {
    return undefined
  }
}
