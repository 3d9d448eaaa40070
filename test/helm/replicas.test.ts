import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { CHART, renderText, skip, VALUES, type Changes, type ValuesName } from './support/chart.ts'
import { componentOf, deploymentsOf, objectsOf, textAt, valueAt } from './support/objects.ts'

describe('replicas', { skip }, () => {
  it('are as many as the values say; one of each prober', () => {
    const replicas = deploymentsOf('probed').map((object) => [componentOf(object), object.spec.replicas])
    assert.deepEqual(replicas, [
      ['app', 3],
      ['webhook', 2],
      ['prober', 1],
      ['negative-prober', 1],
    ])
  })

  it('are left to the autoscaler where there is one', () => {
    const [app] = deploymentsOf('key-service')
    assert.equal(app?.spec.replicas, undefined)
    const [scaler] = objectsOf('key-service', 'HorizontalPodAutoscaler')
    assert.deepEqual(valueAt(scaler, 'spec', 'scaleTargetRef'), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: app?.metadata.name,
    })
    assert.equal(valueAt(scaler, 'spec', 'minReplicas'), 2)
    assert.equal(valueAt(scaler, 'spec', 'maxReplicas'), 4)
    assert.deepEqual(valueAt(scaler, 'spec', 'metrics'), [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      },
    ])
    assert.deepEqual(objectsOf('one-app', 'HorizontalPodAutoscaler'), [])
  })

  const budgets: readonly (readonly [ValuesName, Changes, readonly string[]])[] = [
    ['one-app', {}, ['app']],
    ['one-app', { 'app.replicas': 1 }, []],
    ['probed', {}, ['app', 'webhook']],
    ['key-service', { 'app.replicas': 1 }, ['app']],
    ['pools', {}, []],
  ]
  for (const [values, changes, expected] of budgets) {
    it(`are disrupted one at a time: ${values} ${JSON.stringify(changes)}`, () => {
      const found = objectsOf(values, 'PodDisruptionBudget', changes)
      assert.deepEqual(found.map(componentOf), expected)
      const deployments = deploymentsOf(values, changes)
      for (const budget of found) {
        const deployment = deployments.find((other) => componentOf(other) === componentOf(budget))
        assert.deepEqual(valueAt(budget, 'spec', 'selector'), deployment?.spec.selector)
        assert.equal(valueAt(budget, 'spec', 'maxUnavailable'), 1)
      }
    })
  }

  it('are replaced without a gap, and by none that stops being ready at once', () => {
    for (const values of VALUES) {
      for (const { spec } of deploymentsOf(values)) {
        assert.deepEqual(spec.strategy, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } })
        const [{ readinessProbe }] = spec.template.spec.containers
        const { periodSeconds, failureThreshold } = readinessProbe
        assert.ok(spec.minReadySeconds > Number(periodSeconds) * Number(failureThreshold))
      }
    }
  })
})

describe('what is said after an installation', { skip }, () => {
  // Notes are rendered for a cluster alone; as part of an object they can be seen without one.
  const folder = mkdtempSync(join(tmpdir(), 'github-sts-chart-'))
  const chart = join(folder, 'github-sts')
  before(() => {
    cpSync(CHART, chart, { recursive: true })
    const text = '{{ include (print $.Template.BasePath "/NOTES.txt") . | toJson }}'
    writeFileSync(join(chart, 'templates/notes.yaml'), `kind: Notes\ntext: ${text}\n`)
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })
  const notesOf = (values: ValuesName, changes: Changes = {}): string => {
    const { status, stdout, stderr } = renderText(values, changes, chart, [
      '--show-only',
      'templates/notes.yaml',
    ])
    if (status !== 0) throw new Error(stderr)
    return textAt(parse(stdout), 'text')
  }

  const two = { 'github.appIds': [1, 2], 'github.kms.keys': ['alias/a', 'alias/b'] }
  const cases: readonly (readonly [string, ValuesName, Changes, RegExp, boolean])[] = [
    ['several Apps, replicas and no store', 'pools', {}, /WARNING: several Apps/, true],
    [
      'several Apps that are scaled',
      'key-service',
      { ...two, 'store.redis.existingSecret': '' },
      /WARNING/,
      true,
    ],
    ['several Apps and a store', 'key-service', {}, /WARNING/, false],
    ['several Apps and one replica', 'pools', { 'app.replicas': 1 }, /WARNING/, false],
    ['one App', 'one-app', {}, /WARNING/, false],
    ['no way in', 'one-app', {}, /Nothing outside the cluster reaches it/, true],
    ['a load balancer', 'pools', {}, /Nothing outside the cluster reaches it/, false],
    ['an Ingress', 'probed', {}, /https:\/\/sts\.example\.internal\/webhook/, true],
    ['a Gateway', 'key-service', {}, /https:\/\/sts\.example\.com\/webhook/, true],
    ['a proxy in front', 'probed', {}, /STS_TRUSTED_HOPS/, true],
    [
      'proxies that are counted',
      'probed',
      { 'app.settings': { STS_TRUSTED_HOPS: 1 } },
      /STS_TRUSTED_HOPS/,
      false,
    ],
  ]
  for (const [name, values, changes, expected, isSaid] of cases) {
    it(`${isSaid ? 'has' : 'lacks'} ${String(expected)} with ${name}`, () => {
      assert.equal(expected.test(notesOf(values, changes)), isSaid)
    })
  }
})
