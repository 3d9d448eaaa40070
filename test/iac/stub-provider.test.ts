import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { decode, encode, Unknown } from './support/msgpack.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { openWorkspace } from './support/terraform.ts'

import type { WireValue } from './support/msgpack.ts'
import type { Workspace } from './support/terraform.ts'

const FIXTURES = 'test/iac/fixtures'

describe('checks against the schema of the provider', { skip: WITHOUT_TERRAFORM }, () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace([FIXTURES])
  })
  after(() => workspace.close())

  const refused = {
    'unknown-attribute': 'Unsupported argument',
    'unknown-block': 'Unsupported block type',
    'unknown-type': 'Invalid resource type',
    'wrong-type': 'Incorrect attribute value type',
    'missing-attribute': 'Missing required argument',
    'second-block': 'Too many version_template blocks',
    'computed-attribute': 'Value for unconfigurable attribute',
  }
  for (const [name, summary] of Object.entries(refused)) {
    it(`refuse ${name.replace('-', ' ')}`, async () => {
      const folder = `${FIXTURES}/${name}`
      assert.equal((await workspace.run(folder, 'init')).status, 0)
      const { status, stdout } = await workspace.run(folder, 'validate', '-json')
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { summary: string }[] }
      assert.deepEqual(
        { status, summaries: diagnostics.map((one) => one.summary) },
        { status: 1, summaries: [summary] },
      )
    })
  }

  it('refuse a provider other than google', async () => {
    const { status, stderr } = await workspace.run(`${FIXTURES}/other-provider`, 'init', '-no-color')
    assert.equal(status, 1)
    assert.match(stderr, /hashicorp\/random/)
  })

  it('refuse a range of versions that the schema is not of', async () => {
    const { status, stderr } = await workspace.run(`${FIXTURES}/other-version`, 'init', '-no-color')
    assert.equal(status, 1)
    assert.match(stderr, /hashicorp\/google/)
  })

  it('let a sound module through, and apply it', async () => {
    const folder = `${FIXTURES}/sound`
    for (const args of [['init'], ['validate'], ['test']]) {
      const { status, stdout, stderr } = await workspace.run(folder, ...args, '-no-color')
      assert.equal(status, 0, stdout + stderr)
    }
  })

  it('fail a test of a module whose assertion does not hold', async () => {
    const folder = `${FIXTURES}/failing-test`
    assert.equal((await workspace.run(folder, 'init')).status, 0)
    assert.equal((await workspace.run(folder, 'test')).status, 1)
  })
})

describe("Terraform's wire format", () => {
  const values: Readonly<Record<string, WireValue>> = {
    nothing: null,
    truth: true,
    numbers: [0, 127, 128, 65_536, 2 ** 40, -1, -33, -(2 ** 40), 0.5],
    text: ['', 'a'.repeat(40), 'ü'.repeat(300)],
    object: { a: { b: [{}, { c: 'd' }] } },
    unknown: new Unknown(Buffer.from([0xc7, 3, 12, 0x81, 1, 0xc2])),
  }
  for (const [name, value] of Object.entries(values)) {
    it(`is read back as it was written: ${name}`, () => {
      assert.deepEqual(decode(encode(value)), value)
    })
  }

  const encoded: readonly (readonly [hex: string, value: WireValue])[] = [
    ['82a16101a16293c2c3c0', { a: 1, b: [false, true, null] }],
    ['dc0001d90161', ['a']],
    ['de0001a161cc80', { a: 128 }],
    ['ccff', 255],
    ['cd0100', 256],
    ['ce00010000', 65_536],
    ['d0df', -33],
    ['e0', -32],
    ['ca3f000000', 0.5],
    ['cb3fe0000000000000', 0.5],
    ['d40000', new Unknown()],
  ]
  for (const [hex, value] of encoded) {
    it(`is read in its short forms: ${hex}`, () => {
      assert.deepEqual(decode(Buffer.from(hex, 'hex')), value)
    })
  }
})
