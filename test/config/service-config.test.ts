import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readServiceConfig, type ServiceConfig } from '#pkg/config'
import { permitsIssuer } from '#pkg/policy'
import { configOf, errorsOf, filesOf, MINIMAL, PEM, read } from './support/environment.ts'

describe('readServiceConfig', () => {
  it('fills in every default', () => {
    const result = read({})
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.warnings, [])
    assert.deepEqual(result.config, {
      domain: 'sts.example.com',
      logLevel: 'info',
      listener: { host: undefined, port: 8080, reflection: false, trustedHops: 0, drainDelayMs: 0 },
      github: {
        baseUrl: 'https://api.github.com',
        pools: [{ owner: '*', apps: [{ id: '12345', key: { kind: 'pem', pem: PEM } }] }],
        verifyKeyService: false,
        proxy: undefined,
        certificateAuthorities: undefined,
      },
      issuers: {
        serverList: undefined,
        allowLoopback: false,
        privateOrigins: [],
        certificateAuthorities: undefined,
        keySetOverrides: new Map(),
      },
      limits: { owners: undefined, maxTokenLifetimeMs: undefined, missesPerMinute: 60 },
      quota: { hardFloor: 1_500, softFloor: 5_000, staleMs: 300_000 },
      store: { shared: 'memory', redis: undefined },
      sticky: { store: 'memory', lifetimeMs: 3_600_000 },
      policies: {
        orgPolicyRepo: '.github',
        freshnessMs: 60_000,
        allowOrgPermissionsInRepoPolicies: false,
        strict: false,
        issuerListRequired: new Set(),
      },
      answers: { denialDetail: 'owner', expiry: true },
      telemetry: {
        prometheus: { host: undefined, port: 2112 },
        traces: 'none',
        metrics: [],
        traceSamplingRate: 0.1,
        serviceName: undefined,
        revision: undefined,
        googleProject: undefined,
      },
      events: undefined,
      metadataHost: undefined,
    })
  })

  it('takes an optional variable that is set to nothing for unset', () => {
    const names = ['STS_HOST', 'GITHUB_BASE_URL', 'STS_ALLOWED_ISSUERS', 'STS_ALLOWED_ISSUER_PATTERNS']
    const more = ['KMS_KEYS', 'APP_CONFIG_FILE', 'STS_LOG_LEVEL', 'EVENT_INGRESS_URI', 'METRICS', 'STS_FOO']
    const empty = Object.fromEntries([...names, ...more].map((name) => [name, '']))
    const result = read({ ...empty, APP_SECRET_CERTIFICATE_FILE: '' })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.warnings, [])
    assert.deepEqual(result.config, configOf({}))
  })

  const rows: readonly (readonly [
    name: string,
    text: string,
    of: (config: ServiceConfig) => unknown,
    value: unknown,
  ])[] = [
    ['PORT', '0', (config) => config.listener.port, 0],
    ['STS_HOST', '::1', (config) => config.listener.host, '::1'],
    ['STS_REFLECTION', 'T', (config) => config.listener.reflection, true],
    ['STS_TRUSTED_HOPS', '2', (config) => config.listener.trustedHops, 2],
    ['STS_DRAIN_DELAY', '1.5s', (config) => config.listener.drainDelayMs, 1_500],
    ['STS_LOG_LEVEL', 'WARN', (config) => config.logLevel, 'warn'],
    ['STS_DOMAIN', 'octo-sts.dev', (config) => config.domain, 'octo-sts.dev'],
    ['GITHUB_APP_IDS', 'Iv23liABCdef', (c) => c.github.pools[0]?.apps[0]?.id, 'Iv23liABCdef'],
    ['STS_KMS_VERIFY', 'true', (config) => config.github.verifyKeyService, true],
    ['STS_ALLOWED_ORGS', 'Acme, acme-labs', (c) => c.limits.owners, new Set(['acme', 'acme-labs'])],
    ['STS_MAX_TOKEN_LIFETIME', '1h', (config) => config.limits.maxTokenLifetimeMs, 3_600_000],
    ['STS_MISS_BUDGET', '1', (config) => config.limits.missesPerMinute, 1],
    ['OCTOSTS_QUOTA_FLOOR_HARD', '5000', (config) => config.quota.hardFloor, 5_000],
    ['OCTOSTS_QUOTA_FLOOR_SOFT', '1500', (config) => config.quota.softFloor, 1_500],
    ['OCTOSTS_QUOTA_STALE', '10m', (config) => config.quota.staleMs, 600_000],
    ['OCTOSTS_STICKY_STORE_FIRESTORE_TTL', '1.0001s', (config) => config.sticky.lifetimeMs, 1_001],
    ['GITHUB_BASE_URL', 'https://API.github.com/', (c) => c.github.baseUrl, 'https://api.github.com'],
    ['GITHUB_BASE_URL', 'https://h.test/api/v3//', (c) => c.github.baseUrl, 'https://h.test/api/v3'],
    ['GITHUB_BASE_URL', 'http://127.0.0.1:8099', (c) => c.github.baseUrl, 'http://127.0.0.1:8099'],
    ['GITHUB_BASE_URL', 'http://[::1]:1/x/', (c) => c.github.baseUrl, 'http://[::1]:1/x'],
    ['ORG_POLICY_REPO', 'policies', (config) => config.policies.orgPolicyRepo, 'policies'],
    ['STS_POLICY_FRESHNESS', '1s', (config) => config.policies.freshnessMs, 1_000],
    ['STS_POLICY_FRESHNESS', '0', (config) => config.policies.freshnessMs, 0],
    ['STS_STRICT_POLICIES', '1', (config) => config.policies.strict, true],
    [
      'STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES',
      'true',
      (config) => config.policies.allowOrgPermissionsInRepoPolicies,
      true,
    ],
    [
      'STS_ISSUER_LIST_REQUIRED',
      'Acme, Corp',
      (c) => c.policies.issuerListRequired,
      new Set(['acme', 'corp']),
    ],
    ['STS_ISSUER_LIST_REQUIRED', '*', (config) => config.policies.issuerListRequired, new Set(['*'])],
    ['STS_DENIAL_DETAIL', 'uniform', (config) => config.answers.denialDetail, 'uniform'],
    ['STS_ANSWER_EXPIRY', 'F', (config) => config.answers.expiry, false],
    ['STS_ALLOW_LOOPBACK_ISSUERS', 'True', (config) => config.issuers.allowLoopback, true],
    [
      'STS_ALLOWED_ISSUERS',
      'https://a.test, https://b.test/x',
      (config) => config.issuers.serverList?.issuers,
      new Set(['https://a.test', 'https://b.test/x']),
    ],
    [
      'STS_ALLOWED_PRIVATE_ISSUERS',
      'https://k8s.test:6443',
      (config) => config.issuers.privateOrigins,
      ['https://k8s.test:6443'],
    ],
    [
      'STS_JWKS_OVERRIDES',
      'https://a.test=https://keys.test/a?b=c',
      (config) => config.issuers.keySetOverrides,
      new Map([['https://a.test', 'https://keys.test/a?b=c']]),
    ],
    [
      'HTTPS_PROXY',
      'http://u:p@proxy.test:3128',
      (config) => config.github.proxy,
      { url: 'http://u:p@proxy.test:3128/', noProxy: undefined },
    ],
    ['GCE_METADATA_HOST', '[::1]:8086', (config) => config.metadataHost, '[::1]:8086'],
    ['https_proxy', 'proxy.test:3128', (c) => c.github.proxy?.url, 'http://proxy.test:3128/'],
  ]
  for (const [name, text, of, value] of rows) {
    it(`reads ${name}=${text}`, () => {
      assert.deepEqual(of(configOf({ [name]: text })), value)
    })
  }

  it('takes NO_PROXY along with a proxy only', () => {
    assert.equal(configOf({ NO_PROXY: 'a.test' }).github.proxy, undefined)
    const { proxy } = configOf({ HTTPS_PROXY: 'proxy.test:1', no_proxy: 'a.test' }).github
    assert.equal(proxy?.noProxy, 'a.test')
  })

  it('prefers HTTPS_PROXY to https_proxy', () => {
    const { proxy } = configOf({ HTTPS_PROXY: 'a.test:1', https_proxy: 'b.test:1' }).github
    assert.equal(proxy?.url, 'http://a.test:1/')
  })

  it('compiles the patterns of the server-wide issuer list', () => {
    const patterns = '["https://[a-z]+\\\\.a\\\\.test"]'
    const { serverList } = configOf({ STS_ALLOWED_ISSUER_PATTERNS: patterns }).issuers
    assert.ok(serverList, 'there is a list')
    assert.equal(serverList.mode, 'enforce')
    assert.equal(permitsIssuer(serverList, 'https://x.a.test'), true)
    assert.equal(permitsIssuer(serverList, 'https://evil.test/x.a.test'), false)
  })

  it('takes the key set of an issuer from a file, named by path or URL', () => {
    for (const location of ['/keys.json', 'file:///keys.json']) {
      const { issuers } = configOf(
        { STS_JWKS_OVERRIDES: `https://a.test=${location}` },
        { '/keys.json': '{}' },
      )
      assert.deepEqual(issuers.keySetOverrides, new Map([['https://a.test', '/keys.json']]))
    }
  })

  it('lets loopback issuers into its lists only with the switch', () => {
    const lists = {
      STS_ALLOWED_ISSUERS: 'http://localhost:1',
      STS_JWKS_OVERRIDES: 'http://127.0.0.1:1=https://k.test',
    }
    assert.deepEqual(
      errorsOf(lists).map(({ variable }) => variable),
      ['STS_ALLOWED_ISSUERS', 'STS_JWKS_OVERRIDES'],
    )
    const { issuers } = configOf({ ...lists, STS_ALLOW_LOOPBACK_ISSUERS: 'true' })
    assert.deepEqual(issuers.serverList?.issuers, new Set(['http://localhost:1']))
  })

  it('freezes what it gives, at every depth', () => {
    const config = configOf({
      STS_ALLOWED_ISSUERS: 'https://a.test',
      STS_ALLOWED_ISSUER_PATTERNS: '["https://b"]',
    })
    const loose: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      if (!Object.isFrozen(value)) loose.push(path)
      for (const [name, member] of Object.entries(value)) visit(member, `${path}.${name}`)
    }
    visit(config, 'config')
    assert.deepEqual(loose, [])
  })

  it('reads no variable that an environment inherits', () => {
    const inherited = Object.create({ STS_STRICT_POLICIES: 'true' }) as Record<string, string>
    const result = readServiceConfig(Object.assign(inherited, MINIMAL), {
      readFile: filesOf({}),
      findKeyProblem: () => undefined,
    })
    assert.ok(result.ok, 'the environment is valid')
    assert.equal(result.config.policies.strict, false)
  })
})
