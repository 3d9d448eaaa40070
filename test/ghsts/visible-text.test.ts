import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { excerpt } from '../../cmd/ghsts/lint/source-excerpt.ts'
import { createPaint, mayColor } from '../../cmd/ghsts/terminal/color.ts'
import { isLikeToken } from '../../cmd/ghsts/terminal/secret-text.ts'
import { padTo, toJson, visible, widthOf } from '../../cmd/ghsts/terminal/visible-text.ts'
import { makeToken } from './support/files.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })

describe('visible', () => {
  it('leaves nothing that a terminal acts on or nobody sees', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(visible(text), /[\p{C}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  const cases: readonly (readonly [text: string, shown: string])[] = [
    ['plain text, ünïcödé 日本 😀', 'plain text, ünïcödé 日本 😀'],
    ['\u001b[31mred', '␛[31mred'],
    ['a\tb\nc\rd\u0000', 'a␉b␊c␍d␀'],
    ['\u007f', '␡'],
    ['\u009b2J', '<U+009B>2J'],
    ['abc\u202edef\u2066', 'abc<U+202E>def<U+2066>'],
    ['\u2028', '<U+2028>'],
    ['\ud800', '<U+D800>'],
    ['a##[b', 'a## [b'],
    ['\u{e0041}', '<U+E0041>'],
  ]
  for (const [text, shown] of cases) {
    it(`shows ${JSON.stringify(text)} as ${shown}`, () => {
      assert.equal(visible(text), shown)
    })
  }
})

describe('toJson', () => {
  it('keeps the value, and has nothing that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(anyText, anyText)), (value) => {
        const json = toJson(value)
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)))
        assert.doesNotMatch(json.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})

describe('excerpt', () => {
  const cases: readonly (readonly [
    behaviour: string,
    line: string,
    column: number,
    room: number,
    text: string,
    caret: number,
  ])[] = [
    ['shows a short line as it is', 'subject: x', 10, 20, 'subject: x', 9],
    ['begins with the first column', 'subject: x', 1, 20, 'subject: x', 0],
    ['goes one past the end', 'abc', 4, 20, 'abc', 3],
    ['stays there however far the column is', 'abc', 400, 20, 'abc', 3],
    ['takes an empty line', '', 1, 20, '', 0],
    ['turns tabs into spaces up to the next stop', '\ta\tb', 4, 20, '    a   b', 8],
    ['counts two cells for a wide character', '日本: x', 5, 20, '日本: x', 6],
    ['counts one for a pair of surrogates that is not wide', '𝔘: x', 5, 20, '𝔘: x', 3],
    ['counts none for a combining mark', 'e\u0301: x', 5, 20, 'e\u0301: x', 3],
    ['counts what stands for a control character', '\u001b: \u202ex', 5, 20, '␛: <U+202E>x', 11],
    ['cuts behind', 'abcdefghijklmnopqrstuvwxyz', 1, 10, 'abcdefghi…', 0],
    ['cuts before', 'abcdefghijklmnopqrstuvwxyz', 26, 10, '…stuvwxyz', 8],
    ['cuts on both sides', 'abcdefghijklmnopqrstuvwxyz', 13, 10, '…ijklmnop…', 5],
    ['leaves room for a caret behind a cut line', 'abcdefghijklmnopqrstuvwxyz', 27, 10, '…stuvwxyz', 9],
  ]
  for (const [behaviour, line, column, room, text, caret] of cases) {
    it(behaviour, () => {
      assert.deepEqual(excerpt(line, column, room), { text, caret })
    })
  }

  it('stays within its room, and points at the character of the column', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '日', '\t', '😀', '\u001b', 'e\u0301', ' ') })
    fc.assert(
      fc.property(line, fc.nat(30), fc.integer({ min: 20, max: 60 }), (before, more, room) => {
        const text = `${before}X${'y'.repeat(more)}`
        const shown = excerpt(text, before.length + 1, room)
        assert.ok(widthOf(shown.text) <= room, shown.text)
        assert.equal(shown.caret, widthOf(shown.text.slice(0, shown.text.indexOf('X'))))
      }),
    )
  })
})

describe('padTo', () => {
  it('counts cells', () => {
    assert.deepEqual([padTo('日', 4), padTo('abcd', 4), padTo('abcde', 4)], ['日  ', 'abcd', 'abcde'])
  })
})

describe('mayColor', () => {
  const cases: readonly (readonly [env: Readonly<Record<string, string>>, isTTY: boolean, may: boolean])[] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ]
  for (const [env, isTTY, may] of cases) {
    it(`${may ? 'colours' : 'does not colour'} with ${JSON.stringify(env)} ${isTTY ? 'on' : 'without'} a terminal`, () => {
      assert.equal(mayColor(env, isTTY), may)
    })
  }
})

describe('createPaint', () => {
  it('ends each style that it begins', () => {
    assert.equal(createPaint(true)('x', 'red', 'bold'), '\u001b[1m\u001b[31mx\u001b[39m\u001b[22m')
    assert.equal(createPaint(false)('x', 'red', 'bold'), 'x')
  })
})

describe('isLikeToken', () => {
  const tokens = [
    makeToken({ iss: 'x' }),
    `Bearer ${makeToken({ iss: 'x' })}`,
    `x=${makeToken({ iss: 'x' })}`,
    `ghp_${'a'.repeat(36)}`,
    `github_pat_${'a'.repeat(22)}_x`,
  ]
  for (const token of tokens) {
    it(`takes ${token.slice(0, 12)}... for one`, () => {
      assert.equal(isLikeToken(token), true)
    })
  }

  for (const argument of [
    '.github/chainguard/keyvault-production.long-name-of-it.sts.yaml',
    'eyeglasses.catalogue.sts.yaml',
    'ghs_short',
    'gha_production_deploys.sts.yaml',
    'acme/app',
    'https://token.actions.githubusercontent.com',
    'repo:acme@1/app@2:ref:refs/heads/main',
  ]) {
    it(`takes ${argument} for none`, () => {
      assert.equal(isLikeToken(argument), false)
    })
  }
})
