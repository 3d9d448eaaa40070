import type { Readable } from 'node:stream'

/** How reading a request body ended; `gone` when the caller left before its end. */
export type BodyOutcome = { readonly body: Buffer } | { readonly refused: 413 | 408 | 'gone' }

export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds. */
  readonly timeoutMs: number
  /** Asked at the end of `source`: whether that is the end of the body too, for a stream that is reset just ends. */
  readonly isComplete: () => boolean
}

/** Reads a body to its end, or until it is over a limit; what follows then is left to the caller. Never rejects. */
export async function readBody(
  source: Readable,
  { maxBytes, timeoutMs, isComplete }: BodyLimits,
): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0

    function onData(chunk: Buffer): void {
      bytes += chunk.length
      if (bytes > maxBytes) finish({ refused: 413 })
      else chunks.push(chunk)
    }
    function onEnd(): void {
      finish(isComplete() ? { body: Buffer.concat(chunks, bytes) } : { refused: 'gone' })
    }
    function onGone(): void {
      finish({ refused: 'gone' })
    }
    const timer = setTimeout(() => {
      finish({ refused: 408 })
    }, timeoutMs)
    function finish(outcome: BodyOutcome): void {
      clearTimeout(timer)
      source.off('data', onData).off('end', onEnd).off('close', onGone)
      resolve(outcome)
    }
    source.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
  })
}
