/** Wrong usage: `message` is the one line that says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
