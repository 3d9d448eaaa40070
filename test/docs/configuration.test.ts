import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { generate } from 'selfsigned'
import { renderConfigErrors, VARIABLES } from '#pkg/config'
import { writeVariables } from '../../scripts/configuration-page.ts'
import { readEnvironment } from './support/environment-example.ts'
import { anchorsOf, fencesOf, readPage } from './support/page.ts'

const page = readPage('docs/configuration.md')

describe('docs/configuration.md', () => {
  it('is what scripts/generate-docs.ts writes', async () => {
    assert.equal(await writeVariables(page), page)
  })

  it('has a heading for each variable that is read, and a row for each other', () => {
    const anchors = anchorsOf(page)
    for (const { name, status } of VARIABLES) {
      if (status === 'read') assert.ok(anchors.has(name.toLowerCase()), name)
      else assert.match(page, new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
    }
  })
})

describe('writeVariables', () => {
  it('replaces what stands between its marks, and keeps the rest', async () => {
    const stale = page.replace('#### PORT\n', '#### PORTAL\n').replace('# Configuration', '# Another title')
    assert.equal(await writeVariables(stale), page.replace('# Configuration', '# Another title'))
  })

  it('refuses a page without its marks', async () => {
    await assert.rejects(writeVariables('# Configuration\n'))
  })
})

describe('a configuration in docs/configuration.md', () => {
  let certificate = ''
  before(async () => {
    certificate = (await generate([{ name: 'commonName', value: 'ca.test' }])).cert
  })
  const read = (text: string) => readEnvironment(text, { certificate })

  const fences = fencesOf(page)
  const valid = fences.filter(({ info }) => info === 'env')
  for (const { text } of valid) {
    it(`is valid, without a warning: ${text.split('\n').slice(1).join(' ').slice(0, 80)}`, () => {
      const result = read(text)
      assert.deepEqual(result.ok ? [] : result.errors, [])
      assert.deepEqual(result.warnings, [])
    })
  }

  it('is refused in the words that the page gives', () => {
    const index = fences.findIndex(({ info }) => info === 'env invalid')
    const result = read(fences[index]?.text ?? '')
    assert.ok(!result.ok, 'the environment is refused')
    assert.equal(renderConfigErrors(result.errors), fences[index + 1]?.text)
  })

  it('is one of several', () => {
    assert.equal(valid.length, 11)
  })
})
