import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { generate } from 'selfsigned'
import { renderConfigErrors } from '#pkg/config'
import { readEnvironment } from './support/environment-example.ts'
import { fencesOf, readPage } from './support/page.ts'

const PAGES = ['organizations', 'shared-state', 'keys', 'enterprise-server'].map((name) => `docs/${name}.md`)

let certificate = ''
before(async () => {
  certificate = (await generate([{ name: 'commonName', value: 'ca.test' }])).cert
})

for (const path of PAGES) {
  describe(`a configuration in ${path}`, () => {
    const examples = fencesOf(readPage(path)).filter(({ info }) => info === 'env')

    it('is there', () => {
      assert.notEqual(examples.length, 0)
    })

    for (const { text } of examples) {
      it(`is valid, without a warning: ${text.split('\n').slice(1).join(' ').slice(0, 80)}`, () => {
        const result = readEnvironment(text, { certificate })
        assert.deepEqual(result.ok ? [] : result.errors, [])
        assert.deepEqual(result.warnings, [])
      })
    }
  })
}

describe('a file of pools in docs/organizations.md', () => {
  const fences = fencesOf(readPage('docs/organizations.md'))
  const environment = { PORT: '8080', STS_DOMAIN: 'sts.example.com', ACME_SECOND_PEM: 'a key' }
  const read = (pools: string) => {
    return readEnvironment('APP_CONFIG_FILE=/pools.yaml', { certificate, pools, environment })
  }

  it('is valid, without a warning', () => {
    const [pools] = fences.filter(({ info }) => info === 'yaml')
    const result = read(pools?.text ?? '')
    assert.deepEqual(result.ok ? [] : result.errors, [])
    assert.deepEqual(result.warnings, [])
  })

  it('is refused in the words that the page gives', () => {
    const index = fences.findIndex(({ info }) => info === 'yaml invalid')
    const result = read(fences[index]?.text ?? '')
    assert.ok(!result.ok, 'the file is refused')
    assert.equal(renderConfigErrors(result.errors).startsWith(fences[index + 1]?.text ?? '-'), true)
  })
})
