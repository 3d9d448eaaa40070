import type { ExchangeRecord } from '#pkg/audit'

const ISSUER = 'https://token.actions.githubusercontent.com'

const ASKED = {
  transport: 'http',
  scope: 'acme/app',
  identity: 'release',
  userAgent: 'octo-sts/action',
  clientAddress: '192.0.2.7',
  trace: {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    sampled: true,
  },
  policy: {
    source: 'acme/app:.github/chainguard/release.sts.yaml',
    blob: '3b18e512dba79e4c8300dd08aeb37f8e728b8dad',
    level: 'repository',
    stale: false,
    policy: {
      issuer: ISSUER,
      subject: 'repo:acme/app:environment:release',
      claim_pattern: { workflow_ref: 'acme/app/\\.github/workflows/release\\.yml@refs/heads/main' },
      permissions: { contents: 'write' },
    },
  },
  installation: { id: 5550001, appId: '12345' },
  issuerList: { source: 'absent', allowed: true, stale: false },
} as const satisfies Partial<ExchangeRecord>

const ACTOR = {
  iss: ISSUER,
  jti: '6ab2c8f5-0d5e-4a57-9a3c-9d3d6ad6f3b1',
  iat: 1_795_262_400,
  exp: 1_795_262_700,
  claims: [{ name: 'workflow_ref', value: 'acme/app/.github/workflows/release.yml@refs/heads/main' }],
} as const

/** A grant, as the page of records shows it. */
export const GRANT_RECORD: ExchangeRecord = {
  ...ASKED,
  time: '2026-11-21T12:00:01.120Z',
  requestId: '4b7e2c1a-93d5-4c8f-8a55-0d7c1b1f6e21',
  callerRequestId: 'job-71',
  outcome: 'OK',
  actor: { ...ACTOR, sub: 'repo:acme/app:environment:release' },
  grant: { permissions: { contents: 'write', metadata: 'read' }, repositories: ['app'] },
  expiresAt: '2026-11-21T13:00:01Z',
  tokenSha256: {
    hex: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    base64: 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=',
  },
  durationMs: 120,
}

/** A denial. */
export const DENIAL_RECORD: ExchangeRecord = {
  ...ASKED,
  time: '2026-11-21T12:03:07.004Z',
  requestId: 'f2b0a4a7-6a0e-4d0e-9a0b-5a2f4f1c7c11',
  outcome: 'POLICY_MISMATCH',
  reason: 'subject_mismatch',
  detail: { field: 'subject', actual: '"repo:acme/app:pull_request"' },
  actor: { ...ACTOR, sub: 'repo:acme/app:pull_request' },
  durationMs: 4,
}
