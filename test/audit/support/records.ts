import fc from 'fast-check'
import { hashToken, type ExchangeRecord, type Outcome } from '#pkg/audit'
import { CODE_OF_REASON, MESSAGES, type ErrorCode, type Reason } from '#pkg/errors'

/** All that a record can end with. */
export const OUTCOMES: readonly Outcome[] = [
  'OK',
  'REVOKED',
  'MINT_UNKNOWN',
  ...(Object.keys(MESSAGES) as ErrorCode[]),
]

/** The least that there is of an exchange. */
export const DENIED: ExchangeRecord = {
  time: '2026-01-01T00:00:00.000Z',
  requestId: 'r-1',
  transport: 'http',
  scope: 'acme/widgets',
  identity: 'ci',
  outcome: 'TOKEN_MALFORMED',
  reason: 'token_not_compact',
  durationMs: 3,
}

/** A grant with all that can be known of one. */
export const GRANTED: ExchangeRecord = {
  time: '2026-01-01T00:00:00.000Z',
  requestId: 'r-2',
  callerRequestId: 'build-7',
  trace: {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    sampled: true,
    tracestate: 'vendor=1',
  },
  transport: 'grpc',
  scope: 'acme/widgets',
  identity: 'ci',
  userAgent: 'octo-sts-action/1',
  clientAddress: '198.51.100.7',
  outcome: 'OK',
  actor: {
    iss: 'https://token.actions.githubusercontent.com',
    sub: 'repo:acme/app:ref:refs/heads/main',
    jti: 'j-1',
    iat: 1_767_225_600,
    exp: 1_767_225_900,
    claims: [{ name: 'event_name', value: 'push' }],
  },
  policy: {
    source: 'acme/widgets:.github/chainguard/ci.sts.yaml',
    blob: '8ab686eafeb1f44702738c8b0f24f2567c36da6d',
    level: 'repository',
    stale: false,
    policy: {
      issuer: 'https://token.actions.githubusercontent.com',
      subject_pattern: 'repo:acme/app:.*',
      claim_pattern: { event_name: 'push' },
      permissions: { contents: 'read', issues: 'write' },
    },
  },
  installation: { id: 42, appId: '1001' },
  issuerList: { source: 'present', mode: 'enforce', allowed: true, stale: false },
  grant: { permissions: { contents: 'read', issues: 'write' }, repositories: ['widgets'] },
  expiresAt: '2026-01-01T01:00:00Z',
  tokenSha256: hashToken('ghs_example'),
  durationMs: 12.4,
}

/** With what warehouses do not take. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('\ud800', 'a\0b', ''))
const names = fc.dictionary(fc.oneof(text, fc.constantFrom('actor', 'ACTOR', '__proto__', 'email')), text, {
  maxKeys: 5,
})
const permissions = fc.dictionary(
  fc.constantFrom('contents', 'issues', 'checks', 'workflows'),
  fc.constantFrom('read', 'write', 'admin'),
  { minKeys: 1 },
)
const time = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e300, -1, 253_402_300_800))
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
/** Fields that are there or not, as in a policy: never there and undefined. */
const policy = fc.record(
  {
    issuer: text,
    issuer_pattern: text,
    subject: text,
    subject_pattern: text,
    audience: text,
    audience_pattern: text,
    claim_pattern: names,
    permissions,
    repositories: fc.array(text, { maxLength: 3 }),
    max_token_lifetime: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    forbidden_claim_pattern: names,
    origin: text,
    description: text,
  },
  { requiredKeys: ['permissions'] },
)

/** Any record, whatever a caller or the author of a policy may have put into it. */
export const anyRecord: fc.Arbitrary<ExchangeRecord> = fc.record({
  time: fc.constant('2026-01-01T00:00:00.000Z'),
  requestId: text,
  callerRequestId: optional(text),
  trace: optional(fc.constant(GRANTED.trace).filter((trace) => trace !== undefined)),
  transport: fc.constantFrom('grpc', 'http'),
  scope: fc.constantFrom('acme', 'acme/widgets'),
  identity: fc.constant('ci'),
  userAgent: optional(text),
  clientAddress: optional(text),
  outcome: fc.constantFrom(...OUTCOMES),
  reason: optional(fc.constantFrom(...(Object.keys(CODE_OF_REASON) as Reason[]))),
  detail: optional(fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.constant(undefined)))),
  actor: optional(
    fc.record({
      iss: text,
      sub: text,
      jti: optional(text),
      iat: optional(time),
      exp: optional(time),
      claims: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
    }),
  ),
  unverifiedIssuer: optional(text),
  policy: optional(
    fc.record({
      source: text,
      blob: text,
      level: fc.constantFrom('repository', 'organization'),
      stale: fc.boolean(),
      policy,
    }),
  ),
  installation: optional(fc.record({ id: fc.nat(), appId: text })),
  issuerList: optional(
    fc.record({
      source: fc.constantFrom('present', 'absent', 'unreadable'),
      mode: fc.constantFrom('enforce', 'audit', undefined),
      allowed: fc.boolean(),
      stale: fc.boolean(),
    }),
  ),
  grant: optional(
    fc.record({ permissions, repositories: fc.oneof(fc.array(text), fc.constant('all' as const)) }),
  ),
  expiresAt: optional(fc.oneof(text, fc.constant('2026-01-01T01:00:00Z'))),
  tokenSha256: optional(fc.constant(hashToken('ghs_example'))),
  durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
})
