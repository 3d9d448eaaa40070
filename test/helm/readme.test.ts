import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, it } from 'node:test'
import { anchorsOf, fencesOf, linksOf, readPage } from '../docs/support/page.ts'
import { CHART, runHelm, skip, valuesFile } from './support/chart.ts'

const PATH = 'iac/helm/github-sts/README.md'
const page = readPage(PATH)
/** Policies are the other YAML of the page. */
const values = fencesOf(page).filter(({ info, text }) => info === 'yaml' && !text.includes('issuer:'))

describe('the page of the chart', () => {
  it('has links that lead somewhere', () => {
    for (const link of linksOf(page)) {
      const [file = '', anchor] = link.split('#', 2)
      const target = file === '' ? PATH : posix.join(posix.dirname(PATH), file)
      assert.ok(existsSync(new URL(`../../${target}`, import.meta.url)), link)
      if (anchor !== undefined) assert.ok(anchorsOf(readPage(target)).has(anchor), link)
    }
  })

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
