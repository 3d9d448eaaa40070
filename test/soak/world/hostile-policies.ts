import { HOSTILE_SUBJECT } from './names.ts'

/** Policies of each kind that costs much to compile or match: a first use is never from memory. */
export const COSTLY_POLICIES = 200

const POLICY_MAX_BYTES = 32 * 1024

/** Policies of an attacker's repository, by identity. */
export function hostilePolicies(issuer: string): ReadonlyMap<string, string> {
  const policies = new Map<string, string>()
  const head = `issuer: ${issuer}\nsubject: ${HOSTILE_SUBJECT}\n`
  const tail = 'permissions:\n  contents: read\n'
  for (const [name, text] of Object.entries(nested())) policies.set(name, text)
  policies.set('anchors', `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n${head}${tail}`)
  policies.set('keys', `${head}${tail}claim_pattern:\n${lines(2_000, (n) => `  c${n}: a\n`)}`)
  policies.set('large', `${head}${tail}description: ${'x'.repeat(POLICY_MAX_BYTES * 2)}\n`)
  policies.set('proto', `${head}${tail}__proto__:\n  permissions: {contents: write}\n`)
  policies.set('too-many-instructions', `${head}${tail}claim_pattern:\n  c: '(a{0,1000}){1000}'\n`)
  for (let n = 0; n < COSTLY_POLICIES; n++) {
    // All of what a policy may need, all of it matched against all of what a token may have, for nothing.
    const costly = `'(?:é?){1000}(?:é?){1000}b|${n}'`
    policies.set(
      `costly-${n}`,
      `${head}${tail}forbidden_claim_pattern:\n  c0: ${costly}\n  c1: ${costly}\nmax_token_lifetime: 1\n`,
    )
  }
  return policies
}

/** The claims for which the costly policies need longest. No letters of base64, for the log must not look like it. */
export const COSTLY_CLAIMS = { c0: `${'é'.repeat(1_000)}c`, c1: `${'é'.repeat(1_000)}c` } as const

function nested(): Readonly<Record<string, string>> {
  const units = ['- ', '[', '{', '? ', '{a: ', '[[[[,', '"', '&a ', '!t ']
  return Object.fromEntries(
    units.map((unit, n) => [`nested-${n}`, unit.repeat(Math.floor(POLICY_MAX_BYTES / unit.length) - 1)]),
  )
}

function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}
