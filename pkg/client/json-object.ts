/** An object of JSON; its members have not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether `value`, which came out of JSON, is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object that `text` is in JSON; undefined when it is none. */
export function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
