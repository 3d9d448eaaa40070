import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CODE_OF_REASON, StsError, denialOf, type Reason } from '#pkg/errors'
import { gitHubIssuerTest } from '#pkg/exchange'
import { errorJson, wireErrorOf } from '#pkg/wire'
import { disclose } from '../../pkg/exchange/disclosure.ts'
import { DOMAIN, policyFor, startExchangeWorld, type WorldOptions } from './support/exchange-world.ts'

const WRONG = { sub: 'repo:acme/app:pull_request' }

describe('what a denied caller is told', () => {
  const cases: readonly { name: string; options: WorldOptions; claims?: object; expected: boolean }[] = [
    {
      name: 'a caller of the owner sees what the policy expects',
      options: { trustIssuerAsGitHub: true },
      expected: true,
    },
    {
      name: 'a caller of another owner does not',
      options: { trustIssuerAsGitHub: true },
      claims: { repository_owner: 'initech' },
      expected: false,
    },
    {
      name: 'an owner’s name in another case is the same owner',
      options: { trustIssuerAsGitHub: true },
      claims: { repository_owner: 'ACME' },
      expected: true,
    },
    { name: 'an issuer that is not GitHub’s proves nothing', options: {}, expected: false },
    { name: 'always: everyone does', options: { denialDetail: 'always' }, expected: true },
    {
      name: 'never: no one does',
      options: { denialDetail: 'never', trustIssuerAsGitHub: true },
      expected: false,
    },
  ]
  for (const { name, options, claims, expected } of cases) {
    test(name, async (t) => {
      const world = await startExchangeWorld(t, options)
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      const outcome = await world.ask({ claims: { ...claims, ...WRONG } })
      assert.ok(!outcome.ok)
      const { code, metadata, message } = outcome.denial
      assert.equal(code, 'POLICY_MISMATCH')
      assert.equal(metadata['field'], 'subject')
      assert.equal(metadata['actual'], WRONG.sub)
      assert.equal(metadata['expected'], expected ? 'repo:acme/app:ref:refs/heads/main' : undefined)
      assert.equal(message.includes('refs/heads/main'), expected)
    })
  }

  test('uniform: a stranger cannot tell a missing name from one that is there', async (t) => {
    const world = await startExchangeWorld(t, { denialDetail: 'uniform' })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.policy('acme/app', 'broken', 'x')
    const asks = [
      { claims: WRONG },
      { identity: 'broken' },
      { identity: 'nobody' },
      { scope: 'acme/nothing' },
      { scope: 'initech/app' },
    ]
    const denials = []
    for (const ask of asks) {
      const outcome = await world.ask(ask)
      assert.ok(!outcome.ok)
      denials.push(outcome.denial)
    }
    for (const denial of denials) assert.deepEqual(denial, denials[0])
    assert.deepEqual(
      world.records.map(({ outcome }) => outcome),
      [
        'POLICY_MISMATCH',
        'POLICY_INVALID',
        'POLICY_NOT_FOUND',
        'INSTALLATION_NOT_FOUND',
        'INSTALLATION_NOT_FOUND',
      ],
      'the record keeps what it was',
    )
  })

  for (const [what, options] of [
    ['the server serves', { allowedOwners: new Set(['acme']) }],
    ['have Apps', { appOwners: ['acme'] }],
  ] as const) {
    test(`uniform: a stranger cannot tell which owners ${what}`, async (t) => {
      const world = await startExchangeWorld(t, { denialDetail: 'uniform', ...options })
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      const served = await world.ask({ claims: WRONG })
      const other = await world.ask({ claims: WRONG, scope: 'initech/app' })
      assert.ok(!served.ok && !other.ok)
      assert.equal(other.denial.code, 'POLICY_NOT_FOUND')
      assert.deepEqual(other.denial, served.denial)
      assert.deepEqual(
        world.records.map(({ outcome }) => outcome),
        ['POLICY_MISMATCH', 'APP_NOT_CONFIGURED'],
      )
    })
  }

  test('uniform: every reason that depends on what a name stands for is one and the same', () => {
    const context = {
      token: undefined,
      owner: 'acme',
      detail: 'uniform',
      isGitHubIssuer: () => true,
    } as const
    const tellsNames = new Set<string>([
      'APP_NOT_CONFIGURED',
      'INSTALLATION_NOT_FOUND',
      'POLICY_NOT_FOUND',
      'POLICY_INVALID',
      'POLICY_MISMATCH',
      'ISSUER_LIST_INVALID',
    ])
    for (const [reason, code] of Object.entries(CODE_OF_REASON) as [Reason, string][]) {
      const denial = disclose(new StsError(reason, { detail: { field: 'subject', actual: 'x' } }), context)
      const isHidden =
        tellsNames.has(code) || reason === 'issuer_not_on_organization_list' || reason === 'miss_budget_spent'
      assert.deepEqual(denial, denialOf(isHidden ? 'POLICY_NOT_FOUND' : denial.code), reason)
      if (!isHidden) assert.equal(denial.code, code)
    }
  })

  test('uniform: a caller of the owner is told as ever', async (t) => {
    const world = await startExchangeWorld(t, { denialDetail: 'uniform', trustIssuerAsGitHub: true })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const outcome = await world.ask({ claims: WRONG })
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'POLICY_MISMATCH')
  })
})

describe('what is quoted to a denied caller', () => {
  const values: readonly (readonly [string, string])[] = [
    ['control characters', '\u0000\r\n\u001b[2J\u007f\u0085'],
    ['marks that turn the text around', '\u202e\u2066\u200f'],
    ['line separators', '\u2028\u2029'],
    ['quotes and backslashes', '"\\'],
    ['wide characters', '\u{1f512}'],
  ]
  for (const [name, characters] of values) {
    test(`is printable and short: ${name}`, async (t) => {
      const world = await startExchangeWorld(t, { denialDetail: 'always' })
      const long = characters.repeat(200)
      const claim = `a\u202e\n${'x'.repeat(500)}`
      const pattern = `${JSON.stringify(claim)}: ${JSON.stringify('\u{1f512}'.repeat(201))}\n`
      const rest = `claim_pattern:\n  ${pattern}permissions:\n  contents: read\n`
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, rest))
      const outcome = await world.ask({ claims: { [claim]: long } })
      assert.ok(!outcome.ok)
      const { code, message, metadata } = outcome.denial
      assert.equal(code, 'POLICY_MISMATCH')
      for (const text of [message, ...Object.values(metadata)])
        assert.doesNotMatch(text, /[\p{C}\p{Zl}\p{Zp}]/u)
      for (const text of Object.values(metadata)) assert.ok(Array.from(text).length <= 128, text)
      assert.deepEqual(Object.keys(metadata), ['field', 'actual', 'expected'])
      const wire = wireErrorOf(outcome.denial, { requestId: 'r'.repeat(36), domain: DOMAIN })
      assert.ok(Buffer.byteLength(JSON.stringify(errorJson(wire))) < 4_096)
      assert.ok('actual' in wire.metadata, 'nothing had to be left out')
    })
  }

  test('stays well below what can be sent at its worst', () => {
    const worst = '"'.repeat(300)
    const context = {
      token: undefined,
      owner: 'acme',
      detail: 'always',
      isGitHubIssuer: () => false,
    } as const
    for (const text of [worst, '\u{1f512}'.repeat(300), '\u0001'.repeat(300)]) {
      const error = new StsError('claim_mismatch', { detail: { field: text, actual: text, expected: text } })
      const wire = wireErrorOf(disclose(error, context), {
        requestId: 'r'.repeat(36),
        domain: 'd'.repeat(253),
      })
      assert.ok(Buffer.byteLength(JSON.stringify(errorJson(wire))) < 4_096)
      assert.ok('actual' in wire.metadata)
    }
  })
})

describe('the issuers of a GitHub', () => {
  const cases: readonly [string, string, boolean][] = [
    ['https://api.github.com', 'https://token.actions.githubusercontent.com', true],
    ['https://api.github.com', 'https://token.actions.githubusercontent.com/octo-enterprise', true],
    ['https://api.github.com', 'https://token.actions.githubusercontent.com/', false],
    ['https://api.github.com', 'https://token.actions.githubusercontent.com/a/b', false],
    ['https://api.github.com', 'https://TOKEN.actions.githubusercontent.com', false],
    ['https://api.github.com', 'https://token.actions.githubusercontent.com.evil.example', false],
    ['https://ghes.example.com/api/v3', 'https://ghes.example.com/_services/token', true],
    ['https://ghes.example.com/api/v3', 'https://token.actions.githubusercontent.com', false],
    ['https://ghes.example.com:8443/api/v3', 'https://ghes.example.com/_services/token', false],
    ['https://api.octo.ghe.com', 'https://token.actions.octo.ghe.com', true],
    ['https://api.octo.ghe.com', 'https://token.actions.other.ghe.com', false],
  ]
  for (const [base, issuer, expected] of cases) {
    test(`${issuer} ${expected ? 'is' : 'is not'} one of ${base}`, () => {
      assert.equal(gitHubIssuerTest(base)(issuer), expected)
    })
  }
})
