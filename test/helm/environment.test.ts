import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VARIABLES } from '#pkg/config'
import { skip, VALUES } from './support/chart.ts'
import { environmentOf, readConfiguration, readMounted } from './support/environment.ts'
import { componentOf, deploymentsOf, objectsOf, type Deployment } from './support/objects.ts'

const SECRET_NAMES: ReadonlySet<string> = new Set(
  VARIABLES.filter(({ secret }) => secret).map(({ name }) => name),
)
const READ_NAMES: ReadonlySet<string> = new Set(
  VARIABLES.filter(({ status }) => status === 'read').map(({ name }) => name),
)
/** Of Node, and of a cloud's SDK in the values of these tests. */
const OTHER_NAMES: ReadonlySet<string> = new Set(['NODE_EXTRA_CA_CERTS', 'AWS_REGION'])

function deploymentOf(values: (typeof VALUES)[number], component: string): Deployment {
  const deployment = deploymentsOf(values).find((other) => componentOf(other) === component)
  if (deployment === undefined) throw new Error(`no Deployment of ${component}`)
  return deployment
}

function environment(values: (typeof VALUES)[number], component: string): Readonly<Record<string, string>> {
  return environmentOf(deploymentOf(values, component).spec.template.spec.containers[0])
}

describe('the environment of a program', { skip }, () => {
  for (const values of VALUES) {
    it(`is a valid configuration, without a warning: ${values}`, () => {
      const deployments = deploymentsOf(values)
      assert.notEqual(deployments.length, 0)
      for (const deployment of deployments) {
        const result = readConfiguration(values, deployment)
        assert.deepEqual(result.ok ? [] : result.errors, [], componentOf(deployment))
        assert.deepEqual(result.warnings, [], componentOf(deployment))
      }
    })

    it(`has known variables alone, each once, and secrets by reference: ${values}`, () => {
      for (const { spec } of deploymentsOf(values)) {
        const { env } = spec.template.spec.containers[0]
        const names = env.map(({ name }) => name)
        assert.deepEqual(names, [...new Set(names)])
        assert.deepEqual(
          names.filter((name) => !READ_NAMES.has(name) && !OTHER_NAMES.has(name)),
          [],
        )
        const written = env.filter((variable) => 'value' in variable && SECRET_NAMES.has(variable.name))
        // With keys in a key service it is the name of a secret.
        const allowed = values === 'key-service' ? ['GITHUB_WEBHOOK_SECRET'] : []
        assert.deepEqual(
          written.map(({ name }) => name).filter((name) => !allowed.includes(name)),
          [],
        )
      }
    })
  }

  it('has the App and its key in the service and the webhook, and not in the probers', () => {
    const deployments = deploymentsOf('probed')
    assert.deepEqual(deployments.map(componentOf), ['app', 'webhook', 'prober', 'negative-prober'])
    for (const deployment of deployments) {
      const servesApps = ['app', 'webhook'].includes(componentOf(deployment))
      const own = environmentOf(deployment.spec.template.spec.containers[0])
      assert.equal(own['GITHUB_APP_IDS'], servesApps ? 'Iv23liABCdefGHIjklMN' : undefined)
      assert.equal('STS_REDIS_URL' in own, servesApps)
      const read = () => readMounted('probed', deployment, '/var/run/secrets/github-sts/key.pem')
      if (servesApps) assert.equal(read(), 'KEY key.pem')
      else assert.throws(read)
    }
  })

  it('has large ids and numbers without an exponent', () => {
    assert.equal(environment('one-app', 'app')['GITHUB_APP_IDS'], '12345678901')
    assert.equal(environment('probed', 'app')['OCTOSTS_QUOTA_FLOOR_SOFT'], '1000000')
    assert.equal(environment('probed', 'app')['OTEL_TRACE_SAMPLING_RATE'], '0.25')
  })

  it('has the settings of all programs, and over them those of its own, false too', () => {
    assert.equal(environment('probed', 'webhook')['STS_STRICT_CONFIG'], 'true')
    assert.equal(environment('probed', 'app')['STS_STRICT_CONFIG'], 'false')
    assert.equal(environment('probed', 'webhook')['STS_CHECKS'], 'always')
    assert.equal(environment('probed', 'app')['STS_CHECKS'], undefined)
  })

  it('has keys of a key service in the order of the Apps, with the gap', () => {
    for (const component of ['app', 'webhook']) {
      const own = environment('key-service', component)
      assert.equal(own['GITHUB_APP_IDS'], '12345,12346,12347')
      assert.equal(own['KMS_KEYS'], 'alias/sts-1,,alias/sts-3')
      assert.equal(own['KMS_PROVIDER'], 'aws')
    }
    const names = environment('key-service', 'webhook')['GITHUB_WEBHOOK_SECRET']
    assert.equal(names, 'github-sts/webhook,github-sts/webhook-before')
  })

  it('has the pools in a file, and a changed file makes new pods', () => {
    const deployment = deploymentOf('pools', 'app')
    const result = readConfiguration('pools', deployment)
    assert.ok(result.ok && 'github' in result.config)
    assert.deepEqual(
      result.config.github.pools.map(({ owner, apps }) => [owner, apps.map(({ id }) => id)]),
      [
        ['acme', ['12345678901', '112']],
        ['*', ['Iv23liABCdefGHIjklMN']],
      ],
    )
    const apps = [{ app_id: 7, private_key_file: '/var/run/secrets/github-sts/others.pem' }]
    const [changed] = deploymentsOf('pools', { 'github.pools.orgs': [{ name: '*', apps }] })
    assert.notDeepEqual(
      changed?.spec.template.metadata.annotations,
      deployment.spec.template.metadata.annotations,
    )
  })

  it('names metrics off where they are off', () => {
    assert.equal(environment('pools', 'app')['METRICS'], 'false')
    assert.equal(environment('one-app', 'app')['METRICS'], 'true')
  })

  it('gives probers a token for the service alone, and asks for authorization', () => {
    for (const component of ['prober', 'negative-prober']) {
      const { volumes } = deploymentOf('probed', component).spec.template.spec
      const tokens = volumes.flatMap(({ projected }) => projected?.sources ?? [])
      assert.deepEqual(tokens, [
        {
          serviceAccountToken: {
            path: 'github-sts',
            audience: 'sts.example.internal',
            expirationSeconds: 3600,
          },
        },
      ])
      const own = environment('probed', component)
      assert.equal(own['PROBER_TOKEN_FILE'], '/var/run/secrets/tokens/github-sts')
      assert.equal(own['AUTHORIZATION'], 'Bearer 0c4b1f6d52e94b7a8f3e6a9d2c5b8e71')
      assert.equal(own['PROBER_ALLOW_ANONYMOUS'], undefined)
    }
    assert.equal(environment('key-service', 'negative-prober')['PROBER_ALLOW_ANONYMOUS'], 'true')
  })
})

describe('what the chart makes', { skip }, () => {
  for (const values of VALUES) {
    it(`holds no secret: ${values}`, () => {
      const objects = objectsOf(values)
      assert.deepEqual(
        objects.filter(({ kind }) => kind === 'Secret'),
        [],
      )
      assert.doesNotMatch(JSON.stringify(objects), /PRIVATE KEY|password|correct-horse/)
    })
  }
})
