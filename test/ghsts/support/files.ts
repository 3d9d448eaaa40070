import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'

export const ISSUER = 'https://token.actions.githubusercontent.com'

export const POLICY = `issuer: ${ISSUER}
subject: repo:acme@1/app@2:ref:refs/heads/main
permissions:
  issues: write
`

/** A folder of its own for one test. */
export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'github-sts-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** Writes a file with its folders; answers with its path. */
export function writeFileAt(folder: string, path: string, content: string | Uint8Array): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

/** A JWT that nobody signed, and the parts of it that must never be seen. */
export function makeToken(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signature = Buffer.from('a signature that nobody may see').toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.${signature}`
}
