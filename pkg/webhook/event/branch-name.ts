/** The longest that a file system lets git have. */
const BRANCH_MAX_CHARACTERS = 255

/** What the name of a branch never holds. https://git-scm.com/docs/git-check-ref-format */
const NOT_IN_A_BRANCH = /[\p{Cc} ~^:?*[\\]|\.\.|@\{/u

/** Whether `text` can be the name of a branch: it can be sent to GitHub, which takes it for nothing else. */
export function isBranchName(text: string): boolean {
  const isBounded = text !== '' && text.length <= BRANCH_MAX_CHARACTERS
  return isBounded && text.isWellFormed() && !NOT_IN_A_BRANCH.test(text)
}
