import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readProberConfig } from '#pkg/config'
import { readTrustPolicy } from '#pkg/policy'
import { METRIC_CATALOGUE } from '#pkg/telemetry'
import { codeSpansOf, fencesOf, readPage, sectionOf } from './support/page.ts'
import { rowsOf } from './support/table.ts'

const page = readPage('docs/probers.md')

function namesIn(heading: string): readonly string[] {
  return rowsOf(sectionOf(page, heading)).flatMap(([names = '']) => codeSpansOf(names))
}

function valuesOf(label: string): readonly string[] {
  const bound = METRIC_CATALOGUE.find(({ name }) => name === 'sts.prober.run.count')?.labels[label]
  assert.ok(bound !== undefined && 'values' in bound)
  return bound.values
}

describe('docs/probers.md', () => {
  it('has a row for each step of both probers', () => {
    const named = [...namesIn('## What the prober proves'), ...namesIn('## What the negative prober proves')]
    assert.deepEqual([...new Set(['run', ...named])].sort(), [...valuesOf('step')].sort())
  })

  it('has a row for each outcome', () => {
    assert.deepEqual(namesIn('## Outcomes'), valuesOf('outcome'))
  })

  it('shows a policy that lets the prober in', () => {
    const [policy] = fencesOf(page).filter(({ text }) => text.includes('.sts.yaml'))
    const result = readTrustPolicy(policy?.text ?? '', { level: 'repository' })
    assert.ok(result.ok, 'the policy is valid')
    assert.deepEqual(result.value.source.permissions, { contents: 'read', issues: 'read' })
  })

  it('shows environments that a prober starts with', () => {
    const [actions = '', kubernetes = ''] = ['## GitHub Actions', '## Kubernetes'].map((heading) =>
      sectionOf(page, heading),
    )
    const job = Object.fromEntries(
      Array.from(actions.matchAll(/^ {6}([A-Z_]+): (.+)$/gm), ([, name = '', value = '']) => [name, value]),
    )
    const pod = Object.fromEntries(
      Array.from(kubernetes.matchAll(/name: ([A-Z_]+), value: '?([^' ]+)/g), ([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    const sources = { readFile: () => new Uint8Array() }
    const read = [
      readProberConfig(job, sources, { once: true }),
      readProberConfig({ ...pod, AUTHORIZATION: 'Bearer x' }, sources, { once: false }),
    ]
    for (const result of read) assert.deepEqual(result.ok ? result.warnings : result.errors, [])
    assert.deepEqual(
      read.map((result) => result.ok && result.config.token.kind),
      ['google', 'file'],
    )
  })
})
