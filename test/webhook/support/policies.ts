/** Where policies are. */
export const FOLDER = '.github/chainguard'

/** A valid policy of two lines and its permissions on the third. */
export function policy(subject: string, permissions = 'issues: read'): string {
  return [
    'issuer: https://token.actions.githubusercontent.com',
    `subject: ${subject}`,
    `permissions: { ${permissions} }`,
    '',
  ].join('\n')
}

export const GOOD = policy('repo:acme@4242/app@510001:ref:refs/heads/main')

/** As `GOOD`, but more. */
export const WIDER = policy('repo:acme@4242/app@510001:ref:refs/heads/main', 'issues: write')

/** A field is misspelt: an error in line 2, and one of the whole file. */
export const BAD = [
  'issuer: https://token.actions.githubusercontent.com',
  'subjct: x',
  'permissions: { contents: read }',
  '',
].join('\n')
