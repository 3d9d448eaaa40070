import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fencesOf, readPage } from '../docs/support/page.ts'
import { CHART, runHelm, skip, valuesFile } from './support/chart.ts'

const page = readPage('iac/helm/github-sts/README.md')
/** Policies are the other YAML of the page. */
const values = fencesOf(page).filter(({ info, text }) => info === 'yaml' && !text.includes('issuer:'))

describe('the page of the chart', () => {
  it('shows values', () => {
    assert.equal(values.length, 5)
  })

  for (const { text } of values) {
    it(`shows values that are taken: ${text.split('\n')[0] ?? ''}`, { skip }, () => {
      // What is complete stands alone; the rest is beside one App, or in place of it.
      const base = text.startsWith('domain:') ? [] : ['--values', valuesFile('one-app')]
      const instead = text.includes('pools:') ? ['--set-json', 'github.appIds=[]'] : []
      const options = [...base, '--values', '-', ...instead, '--kube-version', '1.31.0']
      const { status, stderr } = runHelm(['template', 'sts', CHART, ...options], text)
      assert.equal(status, 0, stderr)
    })
  }
})
