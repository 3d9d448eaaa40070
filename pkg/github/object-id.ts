/** SHA-1 or SHA-256, in full. https://git-scm.com/docs/hash-function-transition */
const OBJECT_ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** Whether `value` is the id of a git object (a commit, a tree, a blob) as GitHub writes it. */
export function isObjectId(value: unknown): value is string {
  return typeof value === 'string' && OBJECT_ID.test(value)
}
