import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  IDENTITY_MAX_CHARACTERS,
  isIdentity,
  isOwnerName,
  isRepositoryName,
  isSameName,
  NAME_MAX_CHARACTERS,
  parseScope,
} from '../../pkg/policy/names.ts'

/** Names that no request may carry: each would change the path of a call to GitHub, or is none of GitHub's. */
const HOSTILE: readonly string[] = [
  '',
  '.',
  '..',
  '%2e%2e',
  'a%2fb',
  'a\\b',
  'a b',
  ' a',
  'a\n',
  '\na',
  'a\r',
  'a\u0000',
  'a\u2028',
  'foo.sts.yaml?ref=evil&x=',
  'a#b',
  'a:b',
  'a@b',
  'é',
  'ſ',
  '😀',
  '\ud800',
  'a'.repeat(10_240),
]

describe('names', () => {
  for (const [kind, isName] of Object.entries({ isOwnerName, isRepositoryName, isIdentity })) {
    for (const name of HOSTILE) {
      it(`${kind} refuses ${JSON.stringify(name.slice(0, 30))}`, () => {
        assert.equal(isName(name), false)
        assert.equal(isName(`a/${name}`), false)
      })
    }

    it(`${kind} allows GitHub's characters`, () => {
      for (const name of ['a', 'A', '0', '-', '_', '.github', '...', 'acme_emu', 'A-b_c.d', '.a', 'a.']) {
        assert.equal(isName(name), true, name)
      }
    })
  }

  it('have a longest length', () => {
    assert.equal(isOwnerName('a'.repeat(NAME_MAX_CHARACTERS)), true)
    assert.equal(isOwnerName('a'.repeat(NAME_MAX_CHARACTERS + 1)), false)
    assert.equal(isRepositoryName('a'.repeat(NAME_MAX_CHARACTERS + 1)), false)
    assert.equal(isIdentity('a'.repeat(IDENTITY_MAX_CHARACTERS)), true)
    assert.equal(isIdentity('a'.repeat(IDENTITY_MAX_CHARACTERS + 1)), false)
  })

  it('are the same whatever their case', () => {
    assert.equal(isSameName('Octo-STS', 'octo-sts'), true)
    assert.equal(isSameName('octo-sts', 'octosts'), false)
  })
})

describe('parseScope', () => {
  it('reads an owner, and an owner with a repository, as they are spelled', () => {
    assert.deepEqual(parseScope('Acme'), { owner: 'Acme', repository: undefined })
    assert.deepEqual(parseScope('Acme/.GitHub'), { owner: 'Acme', repository: '.GitHub' })
  })

  for (const name of HOSTILE) {
    it(`refuses ${JSON.stringify(name.slice(0, 30))} as either part`, () => {
      assert.equal(parseScope(name), undefined)
      assert.equal(parseScope(`${name}/a`), undefined)
      assert.equal(parseScope(`a/${name}`), undefined)
    })
  }

  it('refuses more than two parts', () => {
    for (const scope of ['a/b/c', '/a', 'a/', '/', 'a//b', 'https://github.com/a/b']) {
      assert.equal(parseScope(scope), undefined, scope)
    }
  })

  it('gives nothing but what was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '1', '.', '-', '_', '/', '\n', '%') }),
        (text) => {
          const scope = parseScope(text)
          if (scope === undefined) return
          const { owner, repository } = scope
          assert.equal(repository === undefined ? owner : `${owner}/${repository}`, text)
          assert.match(text, /^[\w.-]+(?:\/[\w.-]+)?(?!\n)$/)
        },
      ),
    )
  })
})
