import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderText, skip, type Changes, type ValuesName } from './support/chart.ts'

const valueFrom = { secretKeyRef: { name: 'a', key: 'b' } }
const app = (key: object) => [{ name: 'acme', apps: [{ app_id: 1, ...key }] }]
const file = '/var/run/secrets/github-sts/a.pem'

/** What helm says to wrong values, in the words that it had before version 3.18. */
function inOneWording(text: string): string {
  return text
    .replaceAll(/at '\/([^']*)'/g, (_all, path: string) => path.replaceAll('/', '.'))
    .replaceAll(/additional properties '(\w+)' not allowed/g, 'Additional property $1 is not allowed')
}

/** What single values cannot be: the message has the path of the value, or the name of the key. */
const BY_SCHEMA: readonly (readonly [path: string, value: unknown, said: RegExp])[] = [
  ['domain', 'https://sts.example.com', /domain:/],
  ['domain', 'sts.example.com/', /domain:/],
  ['domain', 'STS.example.com', /domain:/],
  ['domain', 7, /domain:/],
  ['domian', 'sts.example.com', /Additional property domian is not allowed/],
  ['app.replica', 2, /app: Additional property replica is not allowed/],
  ['app.replicas', 0, /app\.replicas:/],
  ['app.replicas', '2', /app\.replicas:/],
  ['app.resources', { limit: {} }, /app\.resources: Additional property limit is not allowed/],
  ['app.service.type', 'ExternalName', /app\.service\.type/],
  ['app.podLabels', { 'app.kubernetes.io/name': 'other' }, /app\.(podLabels|kubernetes)/],
  ['drainDelaySeconds', 61, /drainDelaySeconds:/],
  ['drainDelaySeconds', '5s', /drainDelaySeconds:/],
  ['image.pullPolicy', 'always', /image\.pullPolicy/],
  ['github.appIds', ['app'], /github\.appIds\.0/],
  ['github.appIds', [0], /github\.appIds\.0/],
  ['github.kms.provider', 'azure', /github\.kms\.provider/],
  ['github.kms.keys', ['alias/a,alias/b'], /github\.kms\.keys\.0/],
  ['github.privateKey', 'text', /github: Additional property privateKey is not allowed/],
  ['github.privateKeys.existingSecret', '-----BEGIN', /github\.privateKeys\.existingSecret/],
  ['github.privateKeys.entry', '../app.pem', /github\.privateKeys\.entry/],
  ['github.pools.orgs', app({}), /github\.pools\.orgs\.0\.apps\.0/],
  [
    'github.pools.orgs',
    app({ kms_key: 'alias/a', private_key_file: file }),
    /github\.pools\.orgs\.0\.apps\.0/,
  ],
  ['github.pools.orgs', app({ private_key: 'text' }), /Additional property private_key is not allowed/],
  ['github.pools.orgs', app({ private_key_file: 'etc/app.pem' }), /github\.pools\.orgs\.0\.apps\.0/],
  ['github.pools.orgs', [{ name: 'acme', apps: [] }], /github\.pools\.orgs\.0\.apps/],
  ['settings.STS_ALLOWED_ORG', 'acme', /settings: Additional property STS_ALLOWED_ORG is not allowed/],
  ['settings.STS_REDIS_URL', 'redis://a', /settings: Additional property STS_REDIS_URL is not allowed/],
  ['settings.GITHUB_WEBHOOK_SECRET', 'text', /Additional property GITHUB_WEBHOOK_SECRET is not allowed/],
  ['settings.PORT', 80, /settings: Additional property PORT is not allowed/],
  ['settings.STS_ALLOWED_ORGS', ['acme'], /settings\.STS_ALLOWED_ORGS:/],
  ['settings.HTTPS_PROXY', 'http://user:password@proxy:3128', /settings\.HTTPS_PROXY/],
  ['app.settings.STS_LOG_LEVLE', 'debug', /app\.settings: Additional property STS_LOG_LEVLE is not allowed/],
  ['app.extraEnv', [{ name: 'STS_REDIS_URL', value: 'redis://a' }], /app\.extraEnv\.0\.name/],
  ['app.extraEnv', [{ name: 'PORT', value: '80' }], /app\.extraEnv\.0\.name/],
  ['app.extraEnv', [{ name: 'HTTPS_PROXY', value: 'http://a:b@c' }], /app\.extraEnv\.0/],
  ['app.extraEnv', [{ name: 'A' }], /app\.extraEnv\.0/],
  ['app.extraEnv', [{ name: 'A', value: '1', valueFrom }], /app\.extraEnv\.0/],
  ['webhook.secret.value', 'text', /webhook\.secret: Additional property value is not allowed/],
  ['webhook.secret.existingSecret', 'the Secret', /webhook\.secret\.existingSecret/],
  ['probers.scope', 'acme', /probers\.scope:/],
  ['probers.tokenSeconds', 60, /probers\.tokenSeconds:/],
  ['ingress.webhookPath', 'webhook', /ingress\.webhookPath/],
  ['ingress.webhookPath', '/', /ingress\.webhookPath/],
  ['gateway.parentRefs', [{}], /gateway\.parentRefs\.0: .*name/],
  ['metrics.serviceMonitor.interval', 30, /metrics\.serviceMonitor\.interval:/],
]

/** What several values together cannot be: a sentence that begins with the value to change. */
const BETWEEN_VALUES: readonly (readonly [
  name: string,
  values: ValuesName,
  changes: Changes,
  said: RegExp,
])[] = [
  ['no domain', 'one-app', { domain: '' }, /- domain: give the host name/],
  ['no App', 'one-app', { 'github.appIds': [] }, /- github\.appIds: give the id of the GitHub App/],
  [
    'an App without a key',
    'one-app',
    { 'github.privateKeys.existingSecret': '' },
    /- github\.privateKeys\.existingSecret: name the Secret that has the App's private key/,
  ],
  [
    'two Apps with one private key',
    'one-app',
    { 'github.appIds': [1, 2] },
    /- github\.appIds: a private key is that of one App/,
  ],
  [
    'keys of two kinds',
    'one-app',
    { 'github.kms.keys': ['alias/a'] },
    /- github: give one of github\.kms\.keys and github\.privateKeys\.existingSecret/,
  ],
  [
    'fewer keys than Apps',
    'key-service',
    { 'github.kms.keys': ['alias/a'] },
    /- github\.kms\.keys: give a key for each App id; there are 3 ids and 1 keys/,
  ],
  ['pools and Apps', 'pools', { 'github.appIds': [1] }, /- github\.pools\.orgs names the Apps/],
  [
    'pools whose files are nowhere',
    'pools',
    { 'github.privateKeys.existingSecret': '' },
    /- github\.privateKeys\.existingSecret: name the Secret that has the files of github\.pools\.orgs/,
  ],
  [
    'a webhook without a secret',
    'one-app',
    { 'webhook.secret.existingSecret': '' },
    /- webhook\.secret\.existingSecret: name the Secret/,
  ],
  [
    'names of secrets without a key service',
    'one-app',
    { 'webhook.secret.names': ['a'] },
    /- webhook\.secret\.existingSecret: name the Secret/,
  ],
  [
    'a key service and a secret of the cluster',
    'key-service',
    { 'webhook.secret.existingSecret': 'a' },
    /- webhook\.secret\.names: with github\.kms\.keys/,
  ],
  [
    'further secrets of nothing',
    'key-service',
    { 'webhook.secret.furtherEntry': 'a' },
    /- webhook\.secret\.furtherEntry is an entry/,
  ],
  ['a prober without a scope', 'probed', { 'probers.scope': '' }, /- probers: give scope/],
  [
    'a negative prober without an identity',
    'key-service',
    { 'probers.identity': '' },
    /- probers: give scope/,
  ],
  [
    'a prober that anybody may ask, unsaid',
    'probed',
    { 'probers.authorization.existingSecret': '' },
    /- probers\.authorization\.existingSecret: name the Secret/,
  ],
  [
    'a prober that anybody may ask, and not',
    'probed',
    { 'probers.allowAnonymous': true },
    /- probers\.authorization\.existingSecret: name the Secret/,
  ],
  ['authorities in no file', 'one-app', { 'files.authorities': 'a.pem' }, /- files\.authorities is an entry/],
  [
    'fewer replicas at most than at least',
    'key-service',
    { 'app.autoscaling.minReplicas': 5 },
    /- app\.autoscaling: minReplicas is more than maxReplicas/,
  ],
  [
    'a route of no Gateway',
    'key-service',
    { 'gateway.parentRefs': [] },
    /- gateway\.parentRefs: name the Gateway/,
  ],
]

/** What the secret that a refused variable holds has in it. */
const SECRET_TEXT = 'correct-horse'
/** Variables that are a secret by their name or by their value. */
const SECRET_VARIABLES: readonly (readonly [name: string, value: string])[] = [
  ['OTEL_EXPORTER_OTLP_HEADERS', `api-key=${SECRET_TEXT}`],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', `api-key=${SECRET_TEXT}`],
  ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', `api-key=${SECRET_TEXT}`],
  ['AWS_SECRET_ACCESS_KEY', SECRET_TEXT],
  ['AWS_SESSION_TOKEN', SECRET_TEXT],
  ['AZURE_CLIENT_SECRET', SECRET_TEXT],
  ['azure_client_certificate_password', SECRET_TEXT],
  ['ACME_API_KEY', SECRET_TEXT],
  ['https_proxy', `http://user:${SECRET_TEXT}@proxy.example.internal:3128`],
  ['HTTP_PROXY', `user:${SECRET_TEXT}@proxy.example.internal:3128`],
  ['ACME_URL', `https://user:${SECRET_TEXT}@example.internal`],
  ['ACME_TEXT', `-----BEGIN RSA PRIVATE KEY-----${SECRET_TEXT}`],
]
const PLAIN_VARIABLES: readonly (readonly [name: string, value: string])[] = [
  ['AWS_REGION', 'eu-central-1'],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE', '/var/run/secrets/token'],
  ['AZURE_TENANT_ID', '0b6e1a4c-8d2f-4f0b-9a3d-5c7e2b1f6a90'],
  ['HTTP_PROXY', 'http://proxy.example.internal:3128'],
  ['ACME_MAIL', 'ops@example.com'],
]
const PROGRAMS = ['app', 'webhook', 'prober', 'negativeProber']

function extraEnv(variables: readonly object[]): Changes {
  return Object.fromEntries(PROGRAMS.map((program) => [`${program}.extraEnv`, variables]))
}

describe('values.schema.json refuses', { skip }, () => {
  for (const [path, value, said] of BY_SCHEMA) {
    it(`${path}: ${JSON.stringify(value)}`, () => {
      const { status, stderr } = renderText('one-app', { [path]: value })
      assert.notEqual(status, 0)
      assert.match(stderr, /values don't meet the specifications of the schema/)
      assert.match(inOneWording(stderr), said)
    })
  }
})

describe('the chart refuses', { skip }, () => {
  for (const [name, values, changes, said] of BETWEEN_VALUES) {
    it(name, () => {
      const { status, stderr } = renderText(values, changes)
      assert.notEqual(status, 0)
      assert.match(stderr, said)
    })
  }

  it('secrets in plain text, without showing them', () => {
    const { status, stderr } = renderText(
      'probed',
      extraEnv(SECRET_VARIABLES.map(([name, value]) => ({ name, value }))),
    )
    assert.notEqual(status, 0)
    for (const [name] of SECRET_VARIABLES) {
      for (const program of PROGRAMS) assert.ok(stderr.includes(`- ${program}.extraEnv: ${name} is a secret`))
    }
    assert.ok(!stderr.includes(SECRET_TEXT))
  })

  it('no secret of a Secret, and nothing that only looks like one', () => {
    const { status, stderr } = renderText(
      'one-app',
      extraEnv([
        ...SECRET_VARIABLES.filter(([name]) => name !== 'HTTP_PROXY').map(([name]) => ({ name, valueFrom })),
        ...PLAIN_VARIABLES.map(([name, value]) => ({ name, value })),
      ]),
    )
    assert.equal(status, 0, stderr)
  })

  it('several values at once', () => {
    const changes = { domain: '', 'github.appIds': [], 'webhook.secret.existingSecret': '' }
    const { stderr } = renderText('one-app', changes)
    assert.equal(stderr.match(/^ {2}- /gm)?.length, 3)
  })
})
