import { VALUE_MAX_BYTES } from '../shared/store-bounds.ts'

/** What a reply says; a reader gives undefined instead for a reply that its command cannot have. */
export interface Result<T> {
  readonly result: T
}

/** The text of a bulk string, or undefined for what is none, has more than 4,096 bytes, or is not UTF-8. */
export function readText(reply: unknown): string | undefined {
  if (!(reply instanceof Uint8Array) || reply.length > VALUE_MAX_BYTES) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(reply)
  } catch {
    return undefined
  }
}

/** A value, or that there is none. */
export function readValue(reply: unknown): Result<string | undefined> | undefined {
  if (reply === null) return { result: undefined }
  const result = readText(reply)
  return result === undefined ? undefined : { result }
}

/** `OK`. */
export function readDone(reply: unknown): Result<true> | undefined {
  return readText(reply) === 'OK' ? { result: true } : undefined
}

/** `OK`, or null where a condition did not hold. */
export function readWhetherDone(reply: unknown): Result<boolean> | undefined {
  return reply === null ? { result: false } : readDone(reply)
}

/** A number of keys or of receivers. */
export function readCount(reply: unknown): Result<number> | undefined {
  return typeof reply === 'number' && reply >= 0 ? { result: reply } : undefined
}

/** 1 or 0. */
export function readFlag(reply: unknown): Result<boolean> | undefined {
  return reply === 0 || reply === 1 ? { result: reply === 1 } : undefined
}
