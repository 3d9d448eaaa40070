import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CloudEvent } from 'cloudevents'
import fc from 'fast-check'
import type { ExchangeRecord } from '#pkg/audit'
import { errorTextOf } from '../../pkg/audit/event/error-text.ts'
import { createPendingEvent } from '../../pkg/audit/event/pending-event.ts'
import { PERMISSIONS } from '../../pkg/policy/permission-catalogue.ts'
import { OCTO_STS_COLUMNS } from './support/octo-sts-columns.ts'
import { anyRecord, DENIED, GRANTED, OUTCOMES } from './support/records.ts'
import { COLUMNS, linesOf, problemsOf } from './support/table-schema.ts'

function dataOf(record: ExchangeRecord): Record<string, unknown> {
  return JSON.parse(createPendingEvent(record, 'sts.acme.test').data) as Record<string, unknown>
}

/** What octo-sts's own struct has; the rest is ours. */
const OCTO_STS_FIELDS = [
  'actor',
  'trust_policy',
  'installation_id',
  'scope',
  'identity',
  'user_agent',
  'token_sha256',
  'error',
  'time',
  'issuer_allowlist',
]

function octoStsPartOf(record: ExchangeRecord): unknown {
  return Object.fromEntries(Object.entries(dataOf(record)).filter(([name]) => OCTO_STS_FIELDS.includes(name)))
}

describe('the part of an event that octo-sts has', () => {
  test('of a grant', () => {
    assert.deepEqual(octoStsPartOf(GRANTED), {
      actor: {
        iss: 'https://token.actions.githubusercontent.com',
        sub: 'repo:acme/app:ref:refs/heads/main',
        claims: [{ name: 'event_name', value: 'push' }],
      },
      trust_policy: {
        issuer: 'https://token.actions.githubusercontent.com',
        subject_pattern: 'repo:acme/app:.*',
        claim_pattern: { event_name: 'push' },
        permissions: { contents: 'read', issues: 'write' },
        repositories: ['widgets'],
      },
      installation_id: 42,
      scope: 'acme/widgets',
      identity: 'ci',
      user_agent: 'octo-sts-action/1',
      token_sha256: '50c6918d5a1e75ddbd30982d719e9bea32053cb946ececc3f38661162fbbf427',
      time: '2026-01-01T00:00:00.000Z',
    })
  })

  test('has its empty values where nothing is known', () => {
    assert.deepEqual(octoStsPartOf(DENIED), {
      actor: { iss: '', sub: '' },
      trust_policy: null,
      installation_id: 0,
      scope: 'acme/widgets',
      identity: 'ci',
      token_sha256: '',
      error: 'rpc error: code = InvalidArgument desc = the bearer token is not a well-formed JWT',
      time: '2026-01-01T00:00:00.000Z',
    })
  })

  const REPOSITORIES: readonly (readonly [
    scope: string,
    named: readonly string[] | undefined,
    expected: unknown,
  ])[] = [
    ['acme/widgets', undefined, ['widgets']],
    ['acme', undefined, undefined],
    ['acme', ['a', 'b'], ['a', 'b']],
    ['acme/.github', undefined, ['.github']],
    ['acme/.github', ['a'], ['a']],
  ]
  for (const [scope, named, expected] of REPOSITORIES) {
    test(`a policy for ${scope} that names ${named?.join() ?? 'none'} has the repositories ${String(expected)}`, () => {
      const { policy } = GRANTED
      assert.ok(policy)
      const source = { ...policy.policy, ...(named && { repositories: named }) }
      const record = { ...GRANTED, scope, policy: { ...policy, policy: source } }
      assert.deepEqual((dataOf(record)['trust_policy'] as Record<string, unknown>)['repositories'], expected)
    })
  }

  const LISTS: readonly (readonly [ExchangeRecord['issuerList'], expected: unknown])[] = [
    [undefined, undefined],
    [{ source: 'absent', allowed: true, stale: false }, undefined],
    [{ source: 'present', mode: 'enforce', allowed: true, stale: false }, undefined],
    [{ source: 'present', mode: 'audit', allowed: true, stale: false }, undefined],
    [
      { source: 'present', mode: 'enforce', allowed: false, stale: false },
      { mode: 'enforce', allowed: false, iss: 'https://token.actions.githubusercontent.com' },
    ],
    [
      { source: 'present', mode: 'audit', allowed: false, stale: false },
      { mode: 'audit', allowed: true, iss: 'https://token.actions.githubusercontent.com' },
    ],
  ]
  for (const [issuerList, expected] of LISTS) {
    test(`says ${JSON.stringify(expected)} of the list ${JSON.stringify(issuerList)}`, () => {
      assert.deepEqual(dataOf({ ...GRANTED, issuerList })['issuer_allowlist'], expected)
    })
  }

  test('has an error for every outcome but OK, as a Go server prints it', () => {
    assert.equal(errorTextOf('OK'), undefined)
    for (const outcome of OUTCOMES.filter((other) => other !== 'OK')) {
      assert.match(errorTextOf(outcome) ?? '', /^rpc error: code = (?:[A-Z][a-z]+)+ desc = [^\n]+$/, outcome)
    }
    assert.match(errorTextOf('POLICY_NOT_FOUND') ?? '', /code = NotFound desc = unable to find trust policy/)
    assert.match(errorTextOf('POLICY_MISMATCH') ?? '', /code = PermissionDenied /)
    assert.match(errorTextOf('REVOKED') ?? '', /code = Canceled /)
  })
})

test('an event says more than octo-sts’s', () => {
  const data = dataOf(GRANTED)
  const ours = Object.fromEntries(Object.entries(data).filter(([name]) => !OCTO_STS_FIELDS.includes(name)))
  assert.deepEqual(ours, {
    code: 'OK',
    request_id: 'r-2',
    caller_request_id: 'build-7',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    transport: 'grpc',
    client_address: '198.51.100.7',
    token_id: 'j-1',
    token_issued_at: '2026-01-01T00:00:00.000Z',
    token_expires_at: '2026-01-01T00:05:00.000Z',
    app_id: '1001',
    policy: {
      source: 'acme/widgets:.github/chainguard/ci.sts.yaml',
      blob: '8ab686eafeb1f44702738c8b0f24f2567c36da6d',
      level: 'repository',
      stale: false,
    },
    issuer_list: { source: 'present', mode: 'enforce', listed: true, stale: false },
    granted: {
      permissions: [
        { name: 'contents', level: 'read' },
        { name: 'issues', level: 'write' },
      ],
      repositories: ['widgets'],
      all_repositories: false,
    },
    expires_at: '2026-01-01T01:00:00.000Z',
    token_sha256_base64: 'UMaRjVoedd29MJgtcZ6b6jIFPLlG7OzD84ZhFi+79Cc=',
    duration_ms: 12,
  })
})

test('an event says why not, and of whom nothing is verified', () => {
  const record = {
    ...DENIED,
    unverifiedIssuer: 'https://a.test',
    detail: { status: 404, found: true, not: undefined },
  }
  const data = dataOf(record)
  assert.equal(data['reason'], 'token_not_compact')
  assert.equal(data['unverified_issuer'], 'https://a.test')
  assert.deepEqual(data['detail'], [
    { name: 'status', value: '404' },
    { name: 'found', value: 'true' },
  ])
})

describe('the table of events', () => {
  const lines = linesOf(COLUMNS)

  test('has every column of octo-sts’s, of the same type', () => {
    assert.deepEqual(
      OCTO_STS_COLUMNS.filter((line) => !lines.includes(line)),
      [],
    )
  })

  test('has its top-level columns first, in its order', () => {
    const outer = (all: readonly string[]): readonly string[] =>
      all.filter((line) => !line.slice(0, line.indexOf(' ')).includes('.'))
    assert.deepEqual(outer(lines).slice(0, outer(OCTO_STS_COLUMNS).length), outer(OCTO_STS_COLUMNS))
  })

  test('names no column twice, in whatever case', () => {
    const paths = lines.map((line) => line.slice(0, line.indexOf(' ')).toLowerCase())
    assert.equal(new Set(paths).size, paths.length)
  })

  test('has a column for every permission that GitHub knows', () => {
    const missing = [...PERMISSIONS.keys()].filter(
      (name) => !lines.includes(`trust_policy.permissions.${name} STRING NULLABLE`),
    )
    assert.deepEqual(missing, [])
  })

  test('takes every event, and has a column for everything in it', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        assert.deepEqual(problemsOf(dataOf(record), COLUMNS), [])
        const { data, ...attributes } = createPendingEvent(record, 'sts.example.com')
        assert.ok(new CloudEvent({ ...attributes, datacontenttype: 'application/json', data }).validate())
      }),
      { numRuns: 500 },
    )
  })

  test('would not take a wrong type, an unknown field or a column twice', () => {
    const rows = [{ scope: 1 }, { installation_id: '1' }, { surprise: 1 }, { time: 'now' }, { actor: [] }]
    for (const row of rows) assert.equal(problemsOf(row, COLUMNS).length, 1, JSON.stringify(row))
    assert.equal(
      problemsOf({ trust_policy: { claim_pattern: { actor: 'a', Actor: 'b' } } }, COLUMNS).length,
      1,
    )
  })
})

describe('what an event never has', () => {
  // None of these is a secret; they only look like ones.
  const SECRETS = [
    'ghs_0123456789abcdefghijklmnop',
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl',
    '-----BEGIN PRIVATE KEY-----\nMIIEvCANARY\n-----END PRIVATE KEY-----',
  ]
  for (const secret of SECRETS) {
    test(`anything like ${secret.slice(0, 12)}, wherever it came from`, () => {
      const event = createPendingEvent(
        {
          ...GRANTED,
          scope: secret,
          identity: secret,
          trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, tracestate: secret },
          userAgent: secret,
          callerRequestId: secret,
          detail: { [secret]: secret },
          actor: { iss: secret, sub: secret, jti: secret, claims: [{ name: secret, value: secret }] },
          policy: {
            source: secret,
            blob: secret,
            level: 'repository',
            stale: false,
            policy: {
              subject: secret,
              claim_pattern: { [secret]: secret },
              permissions: {},
              description: secret,
            },
          },
        },
        'sts.acme.test',
      )
      assert.doesNotMatch(JSON.stringify(event), /0123456789abcdef|eyJhbGci|CANARY/)
    })
  }

  test('a text without an end', () => {
    const { data } = createPendingEvent({ ...DENIED, userAgent: 'x'.repeat(1_000_000) }, 'sts.acme.test')
    assert.ok(data.length < 10_000)
  })
})
