import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** An event with payloads that GitHub has sent. */
export interface Example {
  readonly name: string
  readonly examples: readonly object[]
}

/** The examples of `@octokit/webhooks-examples`, which were taken from GitHub. */
export function readExamples(): readonly Example[] {
  const path = createRequire(import.meta.url).resolve('@octokit/webhooks-examples')
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Example[]
}
