import { hash } from 'node:crypto'

/** The SHA-256 of a token in both spellings that people search for. */
export interface TokenHash {
  readonly hex: string
  /**
   * As `hashed_token` in GitHub's audit log.
   * https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/identifying-audit-log-events-performed-by-an-access-token
   */
  readonly base64: string
}

export function hashToken(token: string): TokenHash {
  const digest = hash('sha256', token, 'buffer')
  return { hex: digest.toString('hex'), base64: digest.toString('base64') }
}
