import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { renderConfigErrors } from '#pkg/config'
import { errorsOf } from './support/environment.ts'
import { poolErrorsOf } from './support/pool-file.ts'

const deep = (open: string): string => open.repeat(2_000)

describe('a file of pools that is none', () => {
  const rows: readonly (readonly [name: string, text: string | Uint8Array, line: number | undefined])[] = [
    ['missing', '', undefined],
    ['not text', new Uint8Array([0xff, 0xfe]), undefined],
    ['too large', `# ${'x'.repeat(1_048_576)}`, undefined],
    ['broken', 'orgs:\n  - name: a\n apps: x', 3],
    ['unclosed', 'orgs: [a', 1],
    ['of two documents', 'orgs: []\n---\norgs: []', 2],
    ['with a key twice', 'orgs: []\norgs: []', 2],
    ['with a key that is a list', 'orgs: []\n? [a]\n: b', 2],
    ['with a key that is nothing', 'orgs: []\n~: b', 2],
    ['with an alias', 'orgs:\n  - &a { name: a, apps: [] }\n  - *a', 3],
    ['with a tag', 'orgs:\n  - !!binary aGk=', 2],
    ['with a tag of its own', 'orgs: !orgs []', 1],
    ['with a merge key', '<<: *a', 1],
    ['nested in lists', deep('['), 1],
    ['nested in maps', deep('{a: '), 1],
    ['nested in block lists', deep('- '), 1],
    ['nested in keys', deep('? '), 1],
    ['full of errors', '}'.repeat(100_000), 1],
  ]
  for (const [name, text, line] of rows) {
    it(`is refused: ${name}`, () => {
      const [error, ...others] = poolErrorsOf(text)
      assert.deepEqual(others, [])
      assert.equal(error?.variable, 'APP_CONFIG_FILE')
      assert.equal(error.place, line === undefined ? undefined : `line ${line}`)
    })
  }

  it('is refused: not there', () => {
    const changes = { APP_SECRET_CERTIFICATE_ENV_VAR: undefined, GITHUB_APP_IDS: undefined }
    const [error, ...others] = errorsOf({ ...changes, APP_CONFIG_FILE: '/missing.yaml' })
    assert.deepEqual(others, [])
    assert.equal(error?.variable, 'APP_CONFIG_FILE')
    assert.match(error.problem ?? '', /ENOENT/)
  })

  it('is refused again and again, and the process lives on', () => {
    for (const open of ['- ', '[', '? ', '{a: ']) {
      for (let count = 0; count < 20; count++) assert.equal(poolErrorsOf(deep(open)).length, 1)
    }
  })

  it('is judged in time, however many keys it has', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`)
    assert.equal(poolErrorsOf(keys.join('\n')).length, 51)
  })

  it('never throws, and has at least one error', () => {
    const part = fc.oneof(
      fc.constantFrom(
        ...[
          'orgs:',
          '\n',
          '  ',
          '- ',
          'name: a',
          'apps:',
          'app_id: 1',
          'kms_key: k',
          '${P}',
          '[',
          ']',
          '{',
          '}',
        ],
        ...[
          ',',
          '|',
          '>',
          '"',
          "'",
          '&a ',
          '*a',
          '!!str ',
          '#',
          '---',
          '? ',
          ': ',
          '__proto__: ',
          '\t',
          '~',
          '%',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const errors = poolErrorsOf(parts.join(''))
        assert.notEqual(errors.length, 0)
        assert.match(renderConfigErrors(errors), /^[\n\x20-\x7e]+$/)
      }),
      { numRuns: 300 },
    )
  })
})
