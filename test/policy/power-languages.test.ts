import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileExpression } from '../../pkg/policy/expression/expression.ts'
import { compareMatchers, type MatcherRelation } from '../../pkg/policy/power/compare-matchers.ts'
import { COMPARISON_MAX_WORK, createComparisonWork } from '../../pkg/policy/power/language/comparison-work.ts'
import type { Matcher } from '../../pkg/policy/trust-policy.ts'
import { compile } from './support/compiled-policy.ts'
import { loosePattern, nestedPattern } from './support/pattern-arbitrary.ts'

const exact = (value: string): Matcher => ({ kind: 'exact', value })
const pattern = (text: string): Matcher => ({ kind: 'pattern', expression: compile(text) })

function compare(before: Matcher, after: Matcher, isPrintable = true, limit = COMPARISON_MAX_WORK) {
  return compareMatchers(before, after, { isPrintable }, createComparisonWork(limit))
}

const OPPOSITE = { same: 'same', narrower: 'wider', wider: 'narrower', different: 'different' } as const

describe('what another pattern takes', () => {
  const cases: readonly (readonly [before: string, after: string, relation: MatcherRelation])[] = [
    ['repo:acme/app:.*', 'repo:acme/.*', 'wider'],
    ['repo:acme/app:.*', 'repo:acme/app:[^/]*', 'narrower'],
    ['repo:acme/[^/]+:x', 'repo:acme/.*:x', 'wider'],
    ['(a|b)', '[ab]', 'same'],
    ['a|b|c', 'c|b|a', 'same'],
    ['a|b', 'a|b|c', 'wider'],
    ['^a.*$', 'a.*', 'same'],
    ['(?m)^a$', 'a', 'same'],
    ['a+', 'aa*', 'same'],
    ['a{2,}', 'aaa*', 'same'],
    ['a{0,3}', '(a(a(a)?)?)?', 'same'],
    ['a*', 'a{0,100}', 'narrower'],
    ['(((.*)*)*)*x', '.*x', 'same'],
    ['example.com', 'example\\.com', 'narrower'],
    ['[a-z]+', '[a-z0-9]+', 'wider'],
    ['(?i)acme', 'acme', 'narrower'],
    ['(?i)acme', '[Aa][Cc][Mm][Ee]', 'same'],
    ['(?i)k', '[kK\\x{212a}]', 'same'],
    ['(?i)[j-l]', '[j-lJ-L]', 'narrower'],
    ['(?i)S', '[Ss]', 'narrower'],
    ['\\w+', '[0-9A-Za-z_]+', 'same'],
    ['[^\\W_]', '[[:alnum:]]', 'same'],
    ['\\pL+', '\\pL\\pL*', 'same'],
    ['\\pL', '\\pL|\\PL', 'different'],
    ['.', '\\pL|\\PL', 'same'],
    ['.*', '\\p{Greek}*', 'narrower'],
    ['(?i)[é-ö]x', '(?i)[é-ö]', 'different'],
    ['(?i)[é-ö].?', '(?i)[é-ö]', 'narrower'],
    ['a\\b', 'a', 'different'],
    ['a', 'a\\b', 'narrower'],
    ['a', 'b', 'different'],
    ['a.*', '.*b', 'different'],
    ['', 'a?', 'wider'],
    ['[^\\x00-\\x{10FFFF}]', 'a', 'wider'],
    ['a$b', 'c', 'wider'],
  ]
  for (const [before, after, relation] of cases) {
    it(`is ${relation}: ${before} -> ${after}`, () => {
      assert.equal(compare(pattern(before), pattern(after)), relation)
      if (relation !== 'different' && !/\\[pb]|é/.test(before + after)) {
        assert.equal(compare(pattern(after), pattern(before)), OPPOSITE[relation])
      }
    })
  }

  it('regards the line feed where a claim may have one', () => {
    assert.equal(compare(pattern('.*'), pattern('[^/]*'), false), 'different')
    assert.equal(compare(pattern('[^/]*'), pattern('(?s).*'), false), 'different')
    assert.equal(compare(pattern('a.*'), pattern('(?s)a.*'), false), 'different')
    assert.equal(compare(pattern('(?s)ab?.*'), pattern('a.*'), false), 'narrower')
    assert.equal(compare(pattern('(?s)ab?[^x]*'), pattern('ab'), false), 'narrower')
    assert.equal(compare(pattern('(?m)(a|\\n)*^b'), pattern('a\\nb'), false), 'different')
  })

  it('does not take a class that loses its members under (?i) for the character it looks like', () => {
    assert.equal(compile('(?i)[^\\x00-jl-\\x{10ffff}]').matches('k'), false)
    assert.equal(compare(pattern('(?i)[^\\x00-jl-\\x{10ffff}]'), pattern('k')), 'different')
  })
})

describe('what an exact value and a pattern take', () => {
  const cases: readonly (readonly [before: Matcher, after: Matcher, relation: MatcherRelation])[] = [
    [exact('a'), exact('a'), 'same'],
    [exact('a'), exact('b'), 'different'],
    [exact('a.b'), pattern('a.b'), 'wider'],
    [exact('a.b'), pattern('a\\.b'), 'same'],
    [exact('a'), pattern('b*'), 'different'],
    [pattern('a.b'), exact('a.b'), 'narrower'],
    [pattern('a\\.b'), exact('a.b'), 'same'],
    [pattern('b*'), exact('a'), 'different'],
    [exact('x'.repeat(1_025)), pattern('x*'), 'different'],
  ]
  for (const [before, after, relation] of cases) {
    const show = (matcher: Matcher): string =>
      matcher.kind === 'exact' ? matcher.value : `/${matcher.expression.pattern}/`
    it(`is ${relation}: ${show(before).slice(0, 20)} -> ${show(after)}`, () => {
      assert.equal(compare(before, after), relation)
    })
  }

  it('is wider where the value matches, though it was not decided how much else does', () => {
    assert.equal(compare(exact('a'), pattern('\\ba?\\w?'), true), 'wider')
    assert.equal(compare(exact('a'), pattern('a*'), true, 0), 'wider')
  })
})

/** How often a comparison may ask for more work when there is none left. */
const REFUSALS_MAX = 12

describe('the work of a comparison', () => {
  it('has an end, behind which nothing is proven', () => {
    assert.equal(compare(pattern('a*'), pattern('a'), true), 'narrower')
    assert.equal(compare(pattern('a*'), pattern('a'), true, 5), 'different')
    assert.equal(compare(pattern('a*'), pattern('a+|(?:)'), true, 5), 'different')
  })

  it('reaches for patterns of the largest size', () => {
    const long = (tail: string): Matcher => pattern(`a{1000}b{1000}c{1000}d{1000}${tail}`)
    assert.equal(compare(long('e'), long('[ef]')), 'wider')
    const names = (count: number): Matcher =>
      pattern(`repo:acme/(?:${Array.from({ length: count }, (_, at) => `app-${at}`).join('|')}):.*`)
    assert.equal(compare(names(300), names(200)), 'narrower')
  })

  const hard: readonly (readonly [before: string, after: string])[] = [
    ['(?:.?){1000}', '(?:.?){999}x?'],
    ['(a|b)*a(a|b){20}', '(a|b)*a(a|b){20}(b|a)?'],
    ['([a-z]{1,10}/?){60}', '([a-z]{1,10}/?){61}'],
    ['(?:a*b*c*d*){150}', '(?:a*b*d*c*){151}'],
    [
      `[${Array.from({ length: 3_990 }, (_, at) => String.fromCodePoint(0x4e00 + 2 * at)).join('')}]{1000}`,
      'x',
    ],
    ['\\pL\\pN\\p{Greek}\\p{Han}\\p{Latin}', '\\pL\\pN\\p{Greek}\\p{Han}\\p{Latin}|x'],
  ]
  for (const [before, after] of hard) {
    it(`is bounded for ${before.slice(0, 30)}`, () => {
      const account = createComparisonWork()
      let refused = 0
      const work = {
        spend(amount: number): boolean {
          const isGranted = account.spend(amount)
          if (!isGranted) refused += 1
          return isGranted
        },
      }
      assert.equal(compareMatchers(pattern(before), pattern(after), { isPrintable: true }, work), 'different')
      // What was begun when the work was spent is finished: one step for each of the two directions.
      assert.ok(refused <= REFUSALS_MAX, String(refused))
    })
  }

  it('does not follow nesting without end', () => {
    const nested = `${'(?:'.repeat(900)}a${')'.repeat(900)}`
    assert.equal(compare(pattern('a'), pattern(nested)), 'different')
    assert.equal(compare(exact('a'), pattern(nested)), 'wider')
  })
})

describe('a comparison of any two patterns', () => {
  const CHARACTERS = ['a', 'b', 'K', 'ſ', '/', 'é']
  const textsOf = (characters: readonly string[]): readonly string[] => {
    const one = ['', ...characters]
    return [...new Set(one.flatMap((x) => one.flatMap((y) => one.map((z) => x + y + z))))]
  }
  const printableTexts = [...textsOf(CHARACTERS), 'ababab', 'aaaaa', 'abcabc', '9a9b', 'repo:a/b']
  const anyTexts = [...textsOf([...CHARACTERS.slice(0, 4), '\n', ' ']), ...printableTexts.slice(-5)]

  const piece = fc.oneof(nestedPattern, loosePattern)
  const pairs = fc.oneof(
    fc.tuple(piece, piece),
    fc.tuple(piece, piece, piece).map(([a, b, c]) => [a + b, a + c] as const),
    fc.tuple(piece, piece).map(([a, b]) => [`(?:${a})|(?:${b})`, b] as const),
    fc.tuple(piece, piece).map(([a, b]) => [a, `(?:${a})|${b}`] as const),
    fc.tuple(piece, piece).map(([a, b]) => [`(?:${a})*${b}`, `(?:${a})?${b}`] as const),
  )

  for (const isPrintable of [true, false]) {
    const texts = isPrintable ? printableTexts : anyTexts
    it(`is right about ${isPrintable ? 'printable texts' : 'all texts'}`, () => {
      const seen = new Map<MatcherRelation, number>()
      fc.assert(
        fc.property(pairs, ([first, second]) => {
          const [before, after] = [compileExpression(first), compileExpression(second)]
          if (!before.ok || !after.ok) return
          const relation = compare(
            { kind: 'pattern', expression: before.expression },
            { kind: 'pattern', expression: after.expression },
            isPrintable,
          )
          seen.set(relation, (seen.get(relation) ?? 0) + 1)
          for (const text of texts) {
            const was: boolean = before.expression.matches(text)
            const is: boolean = after.expression.matches(text)
            if (relation === 'same') assert.equal(was, is, JSON.stringify(text))
            if (relation === 'narrower') assert.ok(was || !is, JSON.stringify(text))
            if (relation === 'wider') assert.ok(is || !was, JSON.stringify(text))
          }
        }),
        { numRuns: 400 },
      )
      for (const relation of ['same', 'narrower', 'wider', 'different'] as const) {
        assert.ok((seen.get(relation) ?? 0) > 0, relation)
      }
    })
  }
})
