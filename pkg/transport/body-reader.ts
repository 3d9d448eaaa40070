import type { Readable } from 'node:stream'

import type { BodyBudget } from './body-budget.ts'

/** What a body occupies from its first byte on; the space doubles as more arrives. */
const BODY_MIN_BYTES = 4_096

/** How reading a request body ended; `gone` when the caller left before its end. */
export type BodyOutcome =
  | {
      readonly body: Buffer
      /** To be called when the body is not used any more; undefined without a budget. */
      readonly release?: (() => void) | undefined
    }
  | { readonly refused: 413 | 408 | 503 | 'gone' }

export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds. */
  readonly timeoutMs: number
  /** Asked at the end of `source`: whether that is the end of the body too, for a stream that is reset just ends. */
  readonly isComplete: () => boolean
  /** Shared with other bodies; one that it gives up is refused with 503. */
  readonly budget?: BodyBudget | undefined
}

/** Reads a body to its end, or until it is over a limit; what follows then is left to the caller. Never rejects. */
export async function readBody(
  source: Readable,
  { maxBytes, timeoutMs, isComplete, budget }: BodyLimits,
): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    // Not a list of chunks: an object for each byte is what a body in chunks of one byte would make of it.
    let space: Buffer = Buffer.alloc(0)
    let bytes = 0
    let isFinished = false
    const held = budget?.open(() => {
      finish({ refused: 503 })
    })

    function onData(chunk: Buffer): void {
      const needed = bytes + chunk.length
      if (needed > maxBytes) {
        finish({ refused: 413 })
        return
      }
      if (needed > space.length && !growTo(needed)) return
      chunk.copy(space, bytes)
      bytes = needed
    }
    function growTo(needed: number): boolean {
      const size = Math.min(maxBytes, Math.max(needed, 2 * space.length, BODY_MIN_BYTES))
      held?.take(size - space.length)
      if (isFinished) return false
      const larger = Buffer.allocUnsafeSlow(size)
      space.copy(larger, 0, 0, bytes)
      space = larger
      return true
    }
    function onEnd(): void {
      finish(isComplete() ? { body: space.subarray(0, bytes), release } : { refused: 'gone' })
    }
    function release(): void {
      held?.release()
    }
    function onGone(): void {
      finish({ refused: 'gone' })
    }
    const timer = setTimeout(() => {
      finish({ refused: 408 })
    }, timeoutMs)
    function finish(outcome: BodyOutcome): void {
      isFinished = true
      clearTimeout(timer)
      source.off('data', onData).off('end', onEnd).off('close', onGone)
      if ('body' in outcome) held?.arrived()
      else release()
      // The listener for errors stays, and must not keep what was received.
      space = Buffer.alloc(0)
      resolve(outcome)
    }
    source.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
  })
}
