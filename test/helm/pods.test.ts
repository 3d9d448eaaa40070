import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readServiceConfig } from '#pkg/config'
import { skip, VALUES } from './support/chart.ts'
import { environmentOf } from './support/environment.ts'
import { componentOf, deploymentsOf, objectsOf, valueAt } from './support/objects.ts'

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, and more. */
const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  fsGroup: 65532,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
}
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

describe('a pod', { skip }, () => {
  for (const values of VALUES) {
    const deployments = skip === false ? deploymentsOf(values) : []

    it(`is restricted, and has no token of the cluster: ${values}`, () => {
      for (const { spec } of deployments) {
        const pod = spec.template.spec
        assert.deepEqual(pod.securityContext, POD_SECURITY)
        assert.deepEqual(pod.containers[0].securityContext, CONTAINER_SECURITY)
        assert.equal(pod.automountServiceAccountToken, false)
        assert.equal(pod.enableServiceLinks, false)
        for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) {
          assert.equal(valueAt(pod, field), undefined)
        }
      }
    })

    it(`has the labels that select it, and a name of its own: ${values}`, () => {
      const selectors = deployments.map(({ spec }) => JSON.stringify(spec.selector))
      assert.equal(new Set(selectors).size, deployments.length)
      for (const deployment of deployments) {
        const { selector, template } = deployment.spec
        assert.deepEqual(selector.matchLabels, {
          'app.kubernetes.io/name': 'github-sts',
          'app.kubernetes.io/instance': 'sts',
          'app.kubernetes.io/component': componentOf(deployment),
        })
        for (const [label, value] of Object.entries(selector.matchLabels)) {
          assert.equal(template.metadata.labels[label], value)
        }
        for (const spread of template.spec.topologySpreadConstraints) {
          assert.deepEqual(spread.labelSelector, selector)
        }
      }
    })

    it(`runs as a service account that has no token by itself: ${values}`, () => {
      const accounts = objectsOf(values, 'ServiceAccount')
      for (const account of accounts) assert.equal(valueAt(account, 'automountServiceAccountToken'), false)
      const made = accounts.map(({ metadata }) => metadata.name)
      assert.equal(new Set(made).size, made.length)
      const used = deployments.map(({ spec }) => spec.template.spec.serviceAccountName)
      const given = values === 'key-service' ? ['github-sts-webhook'] : []
      assert.deepEqual([...made, ...given].sort(), used.toSorted())
    })

    it(`mounts every volume, and has no other: ${values}`, () => {
      for (const { spec } of deployments) {
        const { containers, volumes } = spec.template.spec
        const mounted = containers[0].volumeMounts.map(({ name }) => name)
        assert.deepEqual(
          volumes.map(({ name }) => name),
          mounted,
        )
      }
    })

    it(`is alive and ready as the program says: ${values}`, () => {
      for (const { spec } of deployments) {
        const [{ startupProbe, livenessProbe, readinessProbe, ports }] = spec.template.spec.containers
        assert.deepEqual(startupProbe.httpGet, { path: '/healthz', port: 'http' })
        assert.deepEqual(livenessProbe.httpGet, { path: '/healthz', port: 'http' })
        assert.deepEqual(readinessProbe.httpGet, { path: '/readyz', port: 'http' })
        const metrics = values === 'pools' ? [] : [{ name: 'metrics', containerPort: 2112 }]
        assert.deepEqual(ports, [{ name: 'http', containerPort: 8080 }, ...metrics])
      }
    })

    it(`has a limit of memory and none of CPU: ${values}`, () => {
      for (const { spec } of deployments) {
        const { requests, limits } = spec.template.spec.containers[0].resources
        assert.deepEqual(Object.keys(requests).sort(), ['cpu', 'memory'])
        assert.deepEqual(Object.keys(limits), ['memory'])
      }
    })
  }

  it('runs as the account of the namespace where none is made and none is named', () => {
    const [app] = deploymentsOf('one-app', { 'app.serviceAccount.create': false })
    assert.equal(app?.spec.template.spec.serviceAccountName, 'default')
  })

  it('of a prober has no key', () => {
    for (const deployment of deploymentsOf('probed')) {
      const secrets = deployment.spec.template.spec.volumes.flatMap(({ secret }) => secret?.secretName ?? [])
      const isProber = componentOf(deployment).endsWith('prober')
      assert.deepEqual(secrets, isProber ? [] : ['github-app'])
    }
  })

  for (const [delay, grace] of [
    [0, 15],
    [5, 15],
    [6, 16],
    [60, 70],
  ] as const) {
    it(`has ${grace} s to end, with a drain delay of ${delay} s`, () => {
      for (const { spec } of deploymentsOf('one-app', { drainDelaySeconds: delay })) {
        const { containers, terminationGracePeriodSeconds } = spec.template.spec
        assert.equal(environmentOf(containers[0])['STS_DRAIN_DELAY'], `${delay}s`)
        assert.equal(terminationGracePeriodSeconds, grace)
      }
    })
  }

  it('may be given the longest delay that the programs take', () => {
    const errorsOf = (delay: string) => {
      const sources = { readFile: () => new Uint8Array(), findKeyProblem: () => undefined }
      const result = readServiceConfig({ STS_DRAIN_DELAY: delay }, sources)
      return result.ok ? [] : result.errors.filter(({ variable }) => variable === 'STS_DRAIN_DELAY')
    }
    assert.equal(errorsOf('60s').length, 0)
    assert.equal(errorsOf('61s').length, 1)
  })

  it('has the image of its program, from where the values say', () => {
    const imagesOf = (values: (typeof VALUES)[number]) =>
      deploymentsOf(values).map(({ spec }) => spec.template.spec.containers[0].image)
    assert.deepEqual(imagesOf('one-app'), [
      'ghcr.io/github-sts/github-sts-app:0.1.0',
      'ghcr.io/github-sts/github-sts-webhook:0.1.0',
    ])
    const registry = 'registry.example.internal/tools'
    assert.deepEqual(
      imagesOf('probed'),
      ['app', 'webhook', 'prober', 'negative-prober'].map((name) => `${registry}/github-sts-${name}:1.2.3`),
    )
    assert.match(imagesOf('key-service')[0] ?? '', /^registry\.example\.com\/sts@sha256:/)
  })

  it('goes where the values send it', () => {
    const [app] = deploymentsOf('key-service')
    const pod = app?.spec.template.spec
    assert.deepEqual(valueAt(pod, 'nodeSelector'), { 'kubernetes.io/arch': 'arm64' })
    assert.deepEqual(valueAt(pod, 'tolerations'), [{ key: 'spot', operator: 'Exists' }])
    assert.equal(valueAt(pod, 'priorityClassName'), 'important')
  })

  it('has the labels and annotations of the values, beside its own', () => {
    const [app] = deploymentsOf('pools')
    const { labels = {}, annotations = {} } = app?.spec.template.metadata ?? {}
    assert.equal(labels['team'], 'platform')
    assert.equal(labels['app.kubernetes.io/component'], 'app')
    assert.equal(annotations['example.com/note'], 'a note')
  })
})
