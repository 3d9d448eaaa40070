import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readServiceConfig, renderConfigErrors, VARIABLES } from '#pkg/config'
import { errorsOf, filesOf, KEY_PROBLEM, MINIMAL, PEM, read } from './support/environment.ts'

describe('readServiceConfig', () => {
  const refused: readonly (readonly [name: string, text: string])[] = [
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', ' 80'],
    ['STS_HOST', '[::1]'],
    ['STS_HOST', 'a b'],
    ['STS_DOMAIN', 'a b'],
    ['STS_DOMAIN', 'a@b'],
    ['GITHUB_APP_IDS', 'abc def'],
    ['GITHUB_APP_IDS', '0'],
    ['GITHUB_APP_IDS', '1,,2'],
    ['GITHUB_APP_IDS', '1,'],
    ['GITHUB_APP_IDS', '1,1'],
    ['GITHUB_APP_IDS', '1,2'],
    ['STS_KMS_VERIFY', 'yes'],
    ['KMS_PROVIDER', 'ibm'],
    ['STS_ALLOWED_ORGS', '*'],
    ['STS_ALLOWED_ORGS', 'acme/app'],
    ['STS_ALLOWED_ORGS', 'acme,'],
    ['STS_ALLOWED_ORGS', 'acme,..'],
    ['STS_MAX_TOKEN_LIFETIME', '0'],
    ['STS_MAX_TOKEN_LIFETIME', '3600'],
    ['STS_MAX_TOKEN_LIFETIME', '8761h'],
    ['STS_MISS_BUDGET', '0'],
    ['STS_MISS_BUDGET', '-1'],
    ['OCTOSTS_QUOTA_FLOOR_HARD', '-1'],
    ['OCTOSTS_QUOTA_FLOOR_SOFT', '1e3'],
    ['OCTOSTS_QUOTA_STALE', '0s'],
    ['OCTOSTS_QUOTA_STALE', '-5m'],
    ['OCTOSTS_STICKY_STORE', 'dynamodb'],
    ['OCTOSTS_STICKY_STORE_FIRESTORE_TTL', '0s'],
    ['OCTOSTS_STICKY_STORE_FIRESTORE_TTL', '721h'],
    ['STS_STORE', 'valkey'],
    ['STS_STORE', 'Redis'],
    ['STS_REDIS_URL', 'localhost:6379'],
    ['STS_REDIS_URL', 'http://localhost:6379'],
    ['STS_REDIS_URL', 'redis://'],
    ['STS_REDIS_URL', 'redis:///0'],
    ['STS_REDIS_URL', 'redis://h/path'],
    ['STS_REDIS_URL', 'redis://h/0?tls=false'],
    ['STS_REDIS_CA_FILE', '/missing.pem'],
    ['GITHUB_BASE_URL', 'http://api.github.com'],
    ['GITHUB_BASE_URL', 'http://127.0.0.1.evil.test'],
    ['GITHUB_BASE_URL', 'https://u:p@api.github.com'],
    ['GITHUB_BASE_URL', 'https://api.github.com/?'],
    ['GITHUB_BASE_URL', 'https://api.github.com/#'],
    ['GITHUB_BASE_URL', 'https:\\\\api.github.com'],
    ['GITHUB_BASE_URL', 'https://api.git\thub.com'],
    ['GITHUB_BASE_URL', 'https:api.github.com'],
    ['GITHUB_BASE_URL', 'api.github.com'],
    ['GITHUB_BASE_URL', 'file:///etc/passwd'],
    ['ORG_POLICY_REPO', ''],
    ['ORG_POLICY_REPO', 'acme/.github'],
    ['ORG_POLICY_REPO', '..'],
    ['STS_ALLOWED_ISSUERS', ','],
    ['STS_ALLOWED_ISSUERS', ' '],
    ['STS_ALLOWED_ISSUERS', 'https://a.test,'],
    ['STS_ALLOWED_ISSUERS', 'https://a.test,https://a.test'],
    ['STS_ALLOWED_ISSUERS', 'https://A.test'],
    ['STS_ALLOWED_ISSUERS', 'http://a.test'],
    ['STS_ALLOWED_ISSUERS', 'https://a.test?x'],
    ['STS_ALLOWED_ISSUERS', '*'],
    ['STS_ALLOWED_ISSUER_PATTERNS', 'https://a'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '[]'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '[""]'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '[1]'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '{"a":1}'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '["https://.*"]'],
    ['STS_ALLOWED_ISSUER_PATTERNS', '["https://(a"]'],
    ['STS_ALLOWED_ISSUER_PATTERNS', JSON.stringify(Array.from({ length: 17 }, (_, index) => `a${index}`))],
    ['STS_ISSUER_LIST_REQUIRED', 'acme/app'],
    ['STS_POLICY_FRESHNESS', '60'],
    ['STS_POLICY_FRESHNESS', '-1s'],
    ['STS_POLICY_FRESHNESS', '61m'],
    ['STS_ALLOW_LOOPBACK_ISSUERS', 'yes'],
    ['STS_STRICT_POLICIES', 'TRue'],
    ['STS_DENIAL_DETAIL', 'Owner'],
    ['STS_ANSWER_EXPIRY', 'on'],
    ['STS_ALLOWED_PRIVATE_ISSUERS', 'https://a.test/'],
    ['STS_ALLOWED_PRIVATE_ISSUERS', 'https://a.test:443'],
    ['STS_ALLOWED_PRIVATE_ISSUERS', 'http://a.test'],
    ['STS_ALLOWED_PRIVATE_ISSUERS', '10.0.0.1'],
    ['STS_JWKS_OVERRIDES', 'https://a.test'],
    ['STS_JWKS_OVERRIDES', 'https://a.test='],
    ['STS_JWKS_OVERRIDES', 'https://a.test=http://k.test'],
    ['STS_JWKS_OVERRIDES', 'https://a.test=data:,x'],
    ['STS_JWKS_OVERRIDES', 'https://a.test=file://host/f'],
    ['STS_JWKS_OVERRIDES', 'https://a.test=https://k.test,https://a.test=https://l.test'],
    ['STS_JWKS_OVERRIDES', 'https://a.test=/missing.json'],
    ['STS_ISSUER_CA_FILE', '/missing.pem'],
    ['SSL_CERT_FILE', '/missing.pem'],
    ['HTTPS_PROXY', 'socks5://p.test'],
    ['HTTPS_PROXY', 'http://p.test/path'],
    ['STS_TRUSTED_HOPS', '1.5'],
    ['STS_TRUSTED_HOPS', '101'],
    ['STS_DRAIN_DELAY', '2m'],
    ['STS_LOG_LEVEL', 'verbose'],
    ['STS_STRICT_CONFIG', 'x'],
    ['METRICS', 'maybe'],
    ['METRICS_PORT', '65536'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_TRACES_EXPORTER', 'otlp,console'],
    ['OTEL_METRICS_EXPORTER', 'gcp'],
    ['OTEL_METRICS_EXPORTER', 'otlp,none'],
    ['OTEL_METRICS_EXPORTER', 'otlp,OTLP'],
    ['OTEL_METRICS_EXPORTER', ','],
    ['OTEL_TRACE_SAMPLING_RATE', '1.1'],
    ['OTEL_TRACE_SAMPLING_RATE', '-0.1'],
    ['OTEL_TRACE_SAMPLING_RATE', '10%'],
    ['OTEL_TRACE_SAMPLING_RATE', 'NaN'],
    ['OTEL_TRACE_SAMPLING_RATE', '0x1'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector.test:4317'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector.test'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', '/v1/metrics'],
    ['OTEL_SDK_DISABLED', '1'],
    ['EVENT_INGRESS_URI', 'events.test'],
    ['EVENT_INGRESS_URI', 'ftp://events.test'],
    ['EVENT_INGRESS_URI', 'https://u:p@events.test'],
    ['EVENT_INGRESS_URI', 'https://events.test/#'],
    ['STS_EVENT_AUTH', 'aws'],
    ['STS_EVENT_DELIVERY', 'always'],
    ['GOOGLE_CLOUD_PROJECT', 'a/b'],
    ['K_SERVICE', 'a b'],
    ['GCE_METADATA_HOST', 'http://127.0.0.1'],
    ['GCE_METADATA_HOST', 'a.test/path'],
  ]
  for (const [name, text] of refused) {
    it(`refuses ${name}=${JSON.stringify(text).slice(0, 80)}`, () => {
      assert.deepEqual(
        errorsOf({ [name]: text }).map(({ variable }) => variable),
        [name],
      )
    })
  }

  for (const name of ['PORT', 'STS_DOMAIN', 'GITHUB_APP_IDS']) {
    for (const text of [undefined, '']) {
      it(`wants ${name}, which is ${text === '' ? 'empty' : 'unset'}`, () => {
        const errors = errorsOf({ [name]: text })
        assert.deepEqual(
          errors.map(({ variable, holds }) => [variable, holds]),
          [[name, 'not set']],
        )
      })
    }
  }

  it('reports a key that is none together with the rest, without quoting it', () => {
    const other = PEM.replaceAll('A', 'B')
    const result = read({ PORT: 'eighty', APP_SECRET_CERTIFICATE_ENV_VAR: other })
    assert.ok(!result.ok, 'the environment is refused')
    assert.deepEqual(result.errors.map(({ variable, problem }) => [variable, problem]).slice(0, 2), [
      ['PORT', undefined],
      ['APP_SECRET_CERTIFICATE_ENV_VAR', KEY_PROBLEM],
    ])
    assert.ok(!renderConfigErrors(result.errors).includes(other.slice(30, 60)), 'the key is not shown')
  })

  for (const [what, secret] of [
    ['a line out of the middle of a key', 'AASCBKcwggSjAgEAAoIBAQ'.repeat(3)],
    ['a URL with a password', 'rediss://user:hunter2@host'],
    ['a URL with a password that holds a slash', 'rediss://user:hun/ter2@host'],
    ['a token of GitHub’s', 'ghs_secret'],
  ] as const) {
    it(`does not quote ${what} in the wrong variable`, () => {
      const result = read({ PORT: secret })
      assert.ok(!result.ok && secret.length > 8)
      assert.equal(result.errors[0]?.holds, `(${secret.length} characters, not shown)`)
    })
  }

  it('refuses a domain with a scheme: no token has such an audience', () => {
    const result = read({ STS_DOMAIN: 'https://sts.example.com' })
    assert.ok(!result.ok, 'the environment is refused')
    assert.equal(result.errors[0]?.variable, 'STS_DOMAIN')
  })

  it('reports everything at once', () => {
    const result = readServiceConfig(
      { STS_LOG_LEVEL: 'loud', STS_TRUSTED_HOPS: 'x', ORG_POLICY_REPO: '', KMS_KEYS: 'k' },
      { readFile: filesOf({}), findKeyProblem: () => undefined },
    )
    assert.ok(!result.ok, 'the environment is refused')
    assert.deepEqual(result.errors.map(({ variable }) => variable).sort(), [
      'GITHUB_APP_IDS',
      'KMS_KEYS',
      'ORG_POLICY_REPO',
      'PORT',
      'STS_DOMAIN',
      'STS_LOG_LEVEL',
      'STS_TRUSTED_HOPS',
    ])
  })

  it('never throws, and always says which variables are wrong', () => {
    const known = VARIABLES.map(({ name }) => name)
    const name = fc.oneof(
      fc.constantFrom(...known, 'https_proxy', '__proto__', 'constructor', 'STS_X'),
      fc.string(),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...Object.values(MINIMAL),
        'true',
        '1',
        '*',
        '[]',
        '[[',
        'https://a.test',
        'a=b',
        ',',
        '/f',
      ),
    )
    const readFiles = fc.constantFrom<(path: string) => Uint8Array>(
      filesOf({ '/f': PEM }),
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything may be thrown
        throw null
      },
      () => new Uint8Array([0xff]),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text)), fc.boolean(), readFiles, (entries, complete, readFile) => {
        const environment = { ...(complete ? MINIMAL : {}), ...Object.fromEntries(entries) }
        const result = readServiceConfig(environment, { readFile, findKeyProblem: () => undefined })
        if (result.ok) return
        assert.notEqual(result.errors.length, 0)
        for (const { variable } of result.errors) {
          assert.deepEqual(
            variable.split(', ').filter((part) => !known.includes(part)),
            [],
          )
        }
        assert.match(renderConfigErrors(result.errors), /^[\n\x20-\x7e]+$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the one App key', () => {
  const FILE = '/key.pem'
  const inFile = { APP_SECRET_CERTIFICATE_ENV_VAR: undefined, APP_SECRET_CERTIFICATE_FILE: FILE }

  it('comes from a file', () => {
    const result = read(inFile, { [FILE]: PEM })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.config.github.pools[0]?.apps[0]?.key, { kind: 'pem', pem: PEM })
  })

  const files: readonly (readonly [name: string, files: Readonly<Record<string, string | Uint8Array>>])[] = [
    ['missing', {}],
    ['empty', { [FILE]: '' }],
    ['blank', { [FILE]: ' \n' }],
    ['not text', { [FILE]: new Uint8Array([0xff, 0xfe]) }],
    ['too large', { [FILE]: 'x'.repeat(1_048_577) }],
  ]
  for (const [name, content] of files) {
    it(`is refused when its file is ${name}`, () => {
      const errors = errorsOf(inFile, content)
      assert.deepEqual(
        errors.map(({ variable }) => variable),
        ['APP_SECRET_CERTIFICATE_FILE'],
      )
    })
  }

  it('says why a file cannot be read', () => {
    assert.match(errorsOf(inFile)[0]?.problem ?? '', /ENOENT/)
  })

  const sources: readonly (readonly [
    name: string,
    changes: Record<string, string | undefined>,
    variable: string,
  ])[] = [
    [
      'no source',
      { APP_SECRET_CERTIFICATE_ENV_VAR: undefined },
      'APP_SECRET_CERTIFICATE_FILE, APP_SECRET_CERTIFICATE_ENV_VAR, KMS_KEYS',
    ],
    [
      'two sources',
      { APP_SECRET_CERTIFICATE_FILE: FILE },
      'APP_SECRET_CERTIFICATE_FILE, APP_SECRET_CERTIFICATE_ENV_VAR',
    ],
    ['blank text', { APP_SECRET_CERTIFICATE_ENV_VAR: ' \n' }, 'APP_SECRET_CERTIFICATE_ENV_VAR'],
  ]
  for (const [name, changes, variable] of sources) {
    it(`is refused with ${name}`, () => {
      assert.deepEqual(
        errorsOf(changes, { [FILE]: PEM }).map((error) => error.variable),
        [variable],
      )
    })
  }
})

describe('renderConfigErrors', () => {
  it('names the variable, what it holds and what is allowed', () => {
    const text = renderConfigErrors(errorsOf({ PORT: '80a', STS_DRAIN_DELAY: '-5s' }))
    assert.match(
      text,
      /^2 configuration errors:\n\n {2}PORT\n {4}holds: {4}"80a"\n {4}allowed: {2}a port number/,
    )
    assert.match(text, /\n\n {2}STS_DRAIN_DELAY\n {4}holds: {4}"-5s"\n {4}problem: {2}it is negative\n/)
    assert.match(text, /[^\n]\n$/)
  })

  const secrets: readonly (readonly [name: string, changes: Record<string, string>])[] = [
    ['a password of a proxy', { HTTPS_PROXY: 'socks5://u:hunter2@p.test' }],
    ['a password of a proxy without a scheme', { HTTPS_PROXY: 'u:hunter2@p.test/path' }],
    ['a password in a URL', { GITHUB_BASE_URL: 'https://u:hunter2@p.test' }],
    ['a password in a later URL', { EVENT_INGRESS_URI: 'ftp://u:hunter2@p.test' }],
    ['a key where its path belongs', { APP_SECRET_CERTIFICATE_FILE: '-----BEGIN PRIVATE KEY-----\nhunter2' }],
    ['a token where a domain belongs', { STS_DOMAIN: 'a b ghs_hunter2' }],
    ['a JWT where a domain belongs', { STS_DOMAIN: 'a b eyJhunter2.eyJhunter2.hunter2' }],
    ['a password of Redis', { STS_REDIS_URL: 'http://:hunter2@r.test' }],
    ['a password of Redis without a scheme', { STS_REDIS_URL: 'hunter2' }],
    [
      'a key where the name of one belongs',
      { APP_SECRET_CERTIFICATE_ENV_VAR: '', KMS_KEYS: '-----BEGIN hunter2' },
    ],
    ['a password for issuers', { STS_ISSUER_PROXY: 'http://u:hunter2@p.test' }],
    [
      'a file that is shown nowhere',
      { APP_SECRET_CERTIFICATE_FILE: '/f', APP_SECRET_CERTIFICATE_ENV_VAR: 'hunter2' },
    ],
  ]
  for (const [name, changes] of secrets) {
    it(`does not print ${name}`, () => {
      const errors = errorsOf(changes, { '/f': 'hunter2' })
      assert.notEqual(errors.length, 0)
      assert.doesNotMatch(renderConfigErrors(errors), /hunter2/)
    })
  }

  it('prints no control character and no long value in full', () => {
    const text = renderConfigErrors(errorsOf({ STS_LOG_LEVEL: `\u001b[31m\u202e${'x'.repeat(1_000)}` }))
    assert.match(text, /^[\n\x20-\x7e]+$/)
    assert.equal(text.length < 500, true)
  })
})
