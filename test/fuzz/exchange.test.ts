import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DOMAIN, startExchangeWorld, type ExchangeWorld } from '../exchange/support/exchange-world.ts'
import { fuzz } from './support/fuzz.ts'
import {
  allows,
  CLAIM_NAMES,
  simplePolicy,
  textOfPolicy,
  type PolicyChoices,
} from './support/simple-policy.ts'

/** The next policy is not taken from memory, in milliseconds. */
const PAST_FRESHNESS_MS = 61_000

const value = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, 0, 1, null, {}, 2 ** 53, 'a'.repeat(1_025), [['a']]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'b', 'ab', 1, null), { maxLength: 3 }) },
)

/** Claims that a policy of these choices is likely to be about. Undefined: the claim is left out. */
function claimsFor({ subjects, audiences }: PolicyChoices): fc.Arbitrary<Record<string, unknown>> {
  const audience = fc.constantFrom(...audiences, DOMAIN, 'a', 'ab')
  return fc.record(
    {
      sub: fc.oneof(fc.constantFrom(...subjects), fc.constantFrom('a', 'b', 'abc', 'aa')),
      aud: fc.oneof(audience, fc.array(audience, { maxLength: 3 })),
      ...Object.fromEntries(
        CLAIM_NAMES.filter((name) => !['sub', 'aud'].includes(name)).map((name) => [name, value]),
      ),
    },
    { requiredKeys: ['sub', 'aud'] },
  )
}

const times = fc.record({
  nbf: fc.option(fc.constantFrom(-600, -1, 0, 299), { nil: undefined }),
  iat: fc.option(fc.constantFrom(-600, 0, 60), { nil: undefined }),
  exp: fc.constantFrom(300, 299, 1),
})

/** What GitHub was asked for when the last token was minted. */
function lastMint(world: ExchangeWorld): Record<string, unknown> {
  const mint = world.github.calls.findLast(
    ({ operation }) => operation === 'apps/create-installation-access-token',
  )
  assert.ok(mint !== undefined)
  return JSON.parse(mint.requestBody.toString()) as Record<string, unknown>
}

interface Case {
  readonly scope: string
  readonly file: string
  readonly fallback: readonly string[] | undefined
}

const CASES: readonly Case[] = [
  { scope: 'acme/app', file: 'acme/app', fallback: ['app'] },
  { scope: 'ACME/App', file: 'acme/app', fallback: ['app'] },
  { scope: 'acme', file: 'acme/.github', fallback: undefined },
  { scope: 'acme/.github', file: 'acme/.github', fallback: ['.github'] },
]

fuzz('a token is minted if the policy lets the claims in, and is what the policy grants', 60, async (t) => {
  const world = await startExchangeWorld(t)
  // What the world's App may give out, so that GitHub refuses nothing.
  const permission = fc.constantFrom(
    ...(['contents:read', 'contents:write', 'issues:read', 'issues:write', 'metadata:read'] as const),
  )
  const choices = (repositories: boolean): PolicyChoices => ({
    issuers: [world.issuer.issuer, `${world.issuer.issuer}/`, 'https://issuer.example'],
    subjects: ['repo:acme/app:ref:refs/heads/main', 'a', 'abc'],
    audiences: ['ab', DOMAIN],
    origins: ['acme/app', 'Acme/APP', 'acme/.github', 'acme/docs'],
    permissions: permission.map((text) => {
      const [name = '', level = ''] = text.split(':')
      return [name, level] as const
    }),
    repositories: repositories
      ? fc.option(fc.uniqueArray(fc.constantFrom('app', 'docs', '.github'), { minLength: 1 }), {
          nil: undefined,
        })
      : fc.constant(undefined),
  })
  const scenario = fc.constantFrom(...CASES).chain((where) =>
    fc.record({
      where: fc.constant(where),
      policy: simplePolicy(choices(where.file === 'acme/.github')),
      claims: claimsFor(choices(false)),
      offsets: times,
      likely: fc.integer({ min: 0, max: 3 }).map((it) => it > 0),
    }),
  )

  return fc.asyncProperty(scenario, async ({ where, policy: drawn, claims: extra, offsets, likely }) => {
    // Most policies ask for what the token has, so that the rest of them decides.
    const policy = likely
      ? { ...drawn, issuer: world.issuer.issuer, subject: String(extra['sub']), audience: undefined }
      : drawn
    world.clock.now += PAST_FRESHNESS_MS
    world.github.clearCalls()
    world.issuer.clearCalls()
    const seconds = world.clock.now / 1000
    const clock = Object.fromEntries(
      Object.entries(offsets).map(([name, offset]) => [
        name,
        offset === undefined ? offset : seconds + offset,
      ]),
    )
    const claims = JSON.parse(
      JSON.stringify({ ...extra, iss: world.issuer.issuer, ...clock, ...(likely && { aud: [DOMAIN] }) }),
    ) as Record<string, unknown>
    world.github.writeFile(where.file, '.github/chainguard/fuzz.sts.yaml', textOfPolicy(policy))
    // Members that are undefined stay out, also those that the issuer would fill in.
    const bearer = await world.issuer.sign({ nbf: undefined, iat: undefined, ...claims })
    const outcome = await world.ask({ scope: where.scope, identity: 'fuzz', bearer })

    const expected = allows(policy, claims, { domain: DOMAIN, repository: where.file })
    const record = world.records.at(-1)
    assert.equal(record?.outcome, expected ? 'OK' : 'POLICY_MISMATCH', JSON.stringify(record))
    assert.equal(outcome.ok, expected)
    assert.equal(world.records.length, 1)
    world.records.length = 0
    world.causes.length = 0
    const mints = world.github.liveTokens().filter(({ token }) => outcome.ok && token === outcome.token)
    assert.equal(mints.length, expected ? 1 : 0)
    if (!outcome.ok) return
    const repositories = policy.repositories ?? where.fallback
    const { permissions, repositories: asked, ...rest } = lastMint(world)
    assert.deepEqual([permissions, rest], [policy.permissions, {}])
    // Names are the same in any case, and spelled as whoever asked first did.
    assert.deepEqual(
      asked === undefined ? undefined : (asked as readonly string[]).map((name) => name.toLowerCase()),
      repositories,
    )
    assert.deepEqual({ ...outcome.permissions }, { metadata: 'read', ...policy.permissions })
  })
})
