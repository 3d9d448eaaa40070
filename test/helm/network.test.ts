import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skip, VALUES, type Changes, type ValuesName } from './support/chart.ts'
import {
  componentOf,
  deploymentsOf,
  listAt,
  objectsOf,
  servicesOf,
  textAt,
  valueAt,
} from './support/objects.ts'

const RELEASE = { 'app.kubernetes.io/name': 'github-sts', 'app.kubernetes.io/instance': 'sts' }

function policyOf(values: ValuesName, component: string, changes: Changes = {}): unknown {
  return objectsOf(values, 'NetworkPolicy', changes).find((object) => componentOf(object) === component)
}

/** The rules that let out of a pod: their ports, and to where. */
function egressOf(values: ValuesName, component: string, changes: Changes = {}): readonly string[] {
  return listAt(policyOf(values, component, changes), 'spec', 'egress').map((rule) => {
    const ports = listAt(rule, 'ports').map(
      (port) => `${textAt(port, 'protocol')} ${JSON.stringify(valueAt(port, 'port'))}`,
    )
    const isAnywhere = valueAt(rule, 'to') === undefined
    return `${ports.join(', ')} to ${isAnywhere ? 'anywhere' : textAt(rule, 'to', 0, 'ipBlock', 'cidr')}`
  })
}

describe('a Service', { skip }, () => {
  for (const values of VALUES) {
    it(`leads to the pods of its program, and to no metrics: ${values}`, () => {
      const deployments = deploymentsOf(values)
      const services = servicesOf(values).filter((service) => componentOf(service) !== 'metrics')
      assert.deepEqual(services.map(componentOf), deployments.map(componentOf))
      for (const [index, { spec }] of services.entries()) {
        const deployment = deployments[index]
        assert.deepEqual(spec.selector, deployment?.spec.selector.matchLabels)
        const [port] = spec.ports
        assert.deepEqual(
          { ...port, appProtocol: undefined },
          { name: 'http', port: 80, targetPort: 'http', appProtocol: undefined },
        )
      }
    })
  }

  it('says that the service speaks cleartext HTTP/2, and that the others do not', () => {
    const protocols = servicesOf('probed').map((service) => [
      componentOf(service),
      service.spec.ports[0].appProtocol,
    ])
    assert.deepEqual(protocols, [
      ['app', 'kubernetes.io/h2c'],
      ['webhook', 'http'],
      ['prober', 'http'],
      ['negative-prober', 'http'],
      ['metrics', 'http'],
    ])
  })

  it('is of the type that the values say, metrics never', () => {
    const services = servicesOf('pools', { 'metrics.enabled': true })
    const [app, metrics] = services
    assert.equal(app?.spec.type, 'LoadBalancer')
    assert.deepEqual(app.metadata.annotations, { 'cloud.google.com/l4-rbs': 'enabled' })
    assert.equal(metrics?.spec.clusterIP, 'None')
    assert.equal(metrics.spec.type, undefined)
  })

  it('of metrics leads to all programs, ready or not, and a monitor finds it', () => {
    const metrics = servicesOf('probed').find((service) => componentOf(service) === 'metrics')
    assert.deepEqual(metrics?.spec, {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: RELEASE,
      ports: [{ name: 'metrics', port: 2112, targetPort: 'metrics', appProtocol: 'http' }],
    })
    const [monitor] = objectsOf('probed', 'ServiceMonitor')
    assert.equal(monitor?.metadata.labels['release'], 'prometheus')
    const wanted = valueAt(monitor, 'spec', 'selector', 'matchLabels')
    assert.deepEqual(wanted, { ...RELEASE, 'app.kubernetes.io/component': 'metrics' })
    for (const [label, value] of Object.entries({ ...RELEASE, 'app.kubernetes.io/component': 'metrics' })) {
      assert.equal(metrics.metadata.labels[label], value)
    }
    assert.equal(valueAt(monitor, 'spec', 'endpoints', 0, 'port'), 'metrics')
  })

  it('of metrics is not there where they are off, and a monitor only where it is asked for', () => {
    assert.deepEqual(servicesOf('pools').map(componentOf), ['app'])
    const changes = { 'metrics.serviceMonitor.enabled': true }
    assert.deepEqual(objectsOf('pools', 'ServiceMonitor', changes), [])
    assert.deepEqual(objectsOf('one-app', 'ServiceMonitor'), [])
  })
})

describe('a network policy', { skip }, () => {
  it('is there for each program, and selects its pods', () => {
    for (const values of ['one-app', 'probed', 'key-service'] as const) {
      const deployments = deploymentsOf(values)
      const policies = objectsOf(values, 'NetworkPolicy')
      assert.deepEqual(
        policies.map((policy) => valueAt(policy, 'spec', 'podSelector')),
        deployments.map(({ spec }) => spec.selector),
      )
      for (const policy of policies) {
        assert.deepEqual(valueAt(policy, 'spec', 'policyTypes'), ['Ingress', 'Egress'])
      }
    }
    assert.deepEqual(objectsOf('pools', 'NetworkPolicy'), [])
  })

  const ingress = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }]
  const monitoring = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }]
  const http = [{ port: 8080, protocol: 'TCP' }]
  const metrics = [{ port: 2112, protocol: 'TCP' }]

  it('lets the given peers in, others to the metrics and the probers', () => {
    const rulesOf = (component: string) => valueAt(policyOf('probed', component), 'spec', 'ingress')
    for (const component of ['app', 'webhook']) {
      assert.deepEqual(rulesOf(component), [
        { ports: http, from: ingress },
        { ports: metrics, from: monitoring },
      ])
    }
    for (const component of ['prober', 'negative-prober']) {
      assert.deepEqual(rulesOf(component), [
        { ports: http, from: monitoring },
        { ports: metrics, from: monitoring },
      ])
    }
  })

  it('lets everybody in to the service by default, and pods alone to its metrics', () => {
    const policy = policyOf('one-app', 'app')
    assert.deepEqual(valueAt(policy, 'spec', 'ingress'), [
      { ports: http },
      { ports: metrics, from: [{ namespaceSelector: {} }] },
    ])
    const without = policyOf('one-app', 'app', { 'metrics.enabled': false })
    assert.deepEqual(valueAt(without, 'spec', 'ingress'), [{ ports: http }])
  })

  const names = 'UDP 53, TCP 53 to anywhere'
  const https = 'TCP 443 to anywhere'
  const proxy = 'TCP 3128 to 192.0.2.7/32'
  const outgoing: readonly (readonly [ValuesName, string, readonly string[]])[] = [
    ['one-app', 'app', [names, https]],
    ['probed', 'app', [names, https, 'TCP 6380 to anywhere', proxy]],
    ['probed', 'webhook', [names, https, 'TCP 6380 to anywhere', proxy]],
    ['probed', 'prober', [names, https, proxy]],
    ['key-service', 'app', [names, https, 'TCP 6379 to anywhere', 'TCP 80 to 169.254.170.23/32']],
    ['key-service', 'negative-prober', [names, https]],
  ]
  for (const [values, component, expected] of outgoing) {
    it(`lets out what ${component} needs, and nothing else: ${values}`, () => {
      assert.deepEqual(egressOf(values, component), expected)
    })
  }

  it('lets out to the metadata server of Google Cloud, for keys there', () => {
    assert.deepEqual(egressOf('pools', 'app', { 'networkPolicy.enabled': true }), [
      names,
      https,
      'TCP 80 to 169.254.169.254/32',
      'TCP 988 to 169.254.169.252/32',
    ])
  })
})

describe('a way in from outside', { skip }, () => {
  it('is not there by default', () => {
    for (const kind of ['Ingress', 'HTTPRoute']) assert.deepEqual(objectsOf('one-app', kind), [])
  })

  it('is an Ingress for the service and one for the webhook, which speak differently', () => {
    const ingresses = objectsOf('probed', 'Ingress')
    const services = new Set(servicesOf('probed').map(({ metadata }) => metadata.name))
    const found = ingresses.map(({ metadata, spec }) => {
      const path = valueAt(spec, 'rules', 0, 'http', 'paths', 0)
      const service = valueAt(path, 'backend', 'service')
      assert.ok(services.has(textAt(service, 'name')))
      assert.deepEqual(valueAt(service, 'port'), { name: 'http' })
      assert.deepEqual(valueAt(spec, 'tls'), [{ hosts: ['sts.example.internal'], secretName: 'sts-tls' }])
      assert.equal(valueAt(spec, 'rules', 0, 'host'), 'sts.example.internal')
      assert.equal(valueAt(spec, 'ingressClassName'), 'nginx')
      return [valueAt(path, 'path'), valueAt(service, 'name'), metadata.annotations]
    })
    const annotations = { 'nginx.ingress.kubernetes.io/backend-protocol': 'GRPC' }
    assert.deepEqual(found, [
      ['/', 'sts-github-sts-app', annotations],
      ['/webhook', 'sts-github-sts-webhook', undefined],
    ])
  })

  it('is one HTTPRoute, and no GRPCRoute of the same host', () => {
    const [route, ...others] = objectsOf('key-service').filter(({ kind }) => kind.endsWith('Route'))
    assert.deepEqual(others, [])
    assert.equal(route?.kind, 'HTTPRoute')
    const backend = (component: string) => [{ name: `sts-github-sts-${component}`, port: 80 }]
    assert.deepEqual(valueAt(route, 'spec'), {
      parentRefs: [{ name: 'public', namespace: 'gateways' }],
      hostnames: ['sts.example.com'],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/webhook' } }], backendRefs: backend('webhook') },
        { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: backend('app') },
      ],
    })
  })
})
