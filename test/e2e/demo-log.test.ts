import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createActivityLog } from '../../cmd/demo/activity.ts'
import { describeEntry } from '../../cmd/demo/log/describe-entry.ts'
import { readLogLine } from '../../cmd/demo/log/log-entry.ts'
import { checkLine, recordLine } from './support/demo-content.ts'

const TOKEN = `ghs_${'A1b2'.repeat(9)}`
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'

function describeLine(line: string): string | undefined {
  const entry = readLogLine(line)
  return entry && describeEntry(entry)
}

describe('a line of the log, as the demo shows it', () => {
  const actor = { iss: 'https://issuer.example', sub: 'repo:acme/app:ref:refs/heads/main', claims: [] }
  const rows: readonly (readonly [name: string, line: string, shown: string | undefined])[] = [
    [
      'a grant, with its subject',
      recordLine({ actor }),
      '12:34:56 OK                     acme/app as release for repo:acme/app:ref:refs/heads/main',
    ],
    [
      'a denial, with its reason and what it names',
      recordLine({
        actor,
        outcome: 'POLICY_MISMATCH',
        reason: 'subject_mismatch',
        detail: { problem: 'it is another' },
      }),
      '12:34:56 POLICY_MISMATCH        acme/app as release for repo:acme/app:ref:refs/heads/main (subject_mismatch: it is another)',
    ],
    [
      'a denial of nobody in particular',
      recordLine({ outcome: 'TOKEN_INVALID', reason: 'token_expired' }),
      '12:34:56 TOKEN_INVALID          acme/app as release (token_expired)',
    ],
    [
      'a check run',
      checkLine({
        repository: 'acme/app',
        commit: '0123456789abcdef',
        conclusion: 'failure',
        title: '1 error',
      }),
      '12:34:57 check: failure         acme/app at 0123456 (1 error)',
    ],
    ['a delivery', '{"delivery":{"id":"1"},"message":"delivery answered"}\n', undefined],
    ['a notice', '{"notice":{"kind":"owner"},"message":"stale"}\n', undefined],
    [
      'a request that was refused for its form',
      '{"request":{"code":"INVALID_ARGUMENT","reason":"scope_missing"},"message":"request refused"}\n',
      'request refused (INVALID_ARGUMENT: scope_missing)',
    ],
    [
      'a step of a prober',
      '{"step":{"name":"expired_grpc","detail":"a token came"},"message":"INCIDENT"}\n',
      'INCIDENT (expired_grpc: a token came)',
    ],
    ['a run that has failed', '{"run":{"outcome":"failed"},"message":"it has failed"}\n', 'it has failed'],
    ['a run that has passed', '{"run":{"outcome":"passed"},"message":"it has passed"}\n', undefined],
    ['a message', '{"message":"something else"}\n', 'something else'],
    ['what is no JSON', 'a \u001b[31mred line\n', 'a \u241b[31mred line'],
  ]
  for (const [name, line, shown] of rows) {
    test(name, () => {
      assert.equal(describeLine(line), shown)
    })
  }

  test('steers no terminal, turns no text around, and is cut', () => {
    const shown = describeLine(
      recordLine({ scope: '\u001b]0;title\u0007\r\nOK', identity: '\u202egnp', requestId: 'x'.repeat(5000) }),
    )
    assert.match(shown ?? '', /␛\]0;title␇␍␊OK as <U\+202E>gnp/)
    assert.equal(/[\p{Cc}\u202e]/u.test(shown ?? ''), false)
    const long = readLogLine(recordLine({ identity: '\u{1f511}'.repeat(1000) }))
    assert.ok(long?.kind === 'exchange')
    assert.equal(long.exchange.identity, `${'\u{1f511}'.repeat(299)}…`)
  })

  test('holds no secret, wherever one is put', () => {
    for (const secret of [TOKEN, JWT]) {
      const lines = [
        recordLine({ scope: secret, identity: secret, userAgent: secret, unverifiedIssuer: secret }),
        checkLine({ repository: secret, commit: secret, conclusion: secret, title: secret }),
        `${JSON.stringify({ message: secret })}\n`,
        `${secret}\n`,
      ]
      for (const line of lines) assert.equal(JSON.stringify(readLogLine(line)).includes(secret), false)
    }
  })
})

describe('what the demo remembers', () => {
  test('is the newest of each kind, the exchanges of the probers apart', () => {
    const activity = createActivityLog()
    for (let index = 1; index <= 200; index += 1) {
      for (const line of [
        recordLine({ requestId: `own-${index}` }),
        recordLine({ requestId: `probe-${index}`, scope: 'acme/prober' }),
        checkLine({ conclusion: 'success', title: `check-${index}` }),
        '{"message":"something else"}\n',
      ]) {
        const entry = readLogLine(line)
        assert.ok(entry !== undefined)
        activity.add(entry)
      }
    }
    const { exchanges, proberExchanges, checks } = activity
    assert.deepEqual([exchanges.length, proberExchanges.length, checks.length], [50, 24, 20])
    assert.deepEqual([exchanges[0]?.requestId, exchanges[49]?.requestId], ['own-200', 'own-151'])
    assert.deepEqual([proberExchanges[0]?.requestId, checks[0]?.title], ['probe-200', 'check-200'])
  })
})
