import { storeError, type Lifetime, type StoreOperation } from './shared-store.ts'

export const VALUE_MAX_BYTES = 4_096
const KEY_MAX_BYTES = 256
const TTL_MAX_MS = 30 * 24 * 60 * 60_000

/** Refuses a key or channel that is empty or too long, or text that UTF-8 cannot carry. */
export function checkKey(operation: StoreOperation, key: string): void {
  if (key === '' || !fits(key, KEY_MAX_BYTES)) throw storeError(operation, 'invalid')
}

/** Refuses a value or message that is too long, or text that UTF-8 cannot carry. */
export function checkValue(operation: StoreOperation, value: string): void {
  if (!fits(value, VALUE_MAX_BYTES)) throw storeError(operation, 'invalid')
}

/** Refuses a key, a value or a lifetime that is out of bounds. */
export function checkEntry(operation: StoreOperation, key: string, value: string, { ttlMs }: Lifetime): void {
  checkKey(operation, key)
  checkValue(operation, value)
  if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > TTL_MAX_MS) throw storeError(operation, 'invalid')
}

function fits(text: string, maxBytes: number): boolean {
  return text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes && text.isWellFormed()
}
