import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, it } from 'node:test'
import {
  anchorsOf,
  codeSpansOf,
  fencesOf,
  linksOf,
  pagePaths,
  readPage,
  undefinedReferencesOf,
} from './support/page.ts'

const ROOT = new URL('../../', import.meta.url)

/** A path of the project, as a code span names it. */
const PROJECT_PATH = /^(?:cmd|docs|emulator|iac|pkg|proto|schema|scripts|test)\/[\w./-]*$/

function exists(path: string): boolean {
  return existsSync(new URL(path, ROOT))
}

/** What is wrong with a link of the page at `path`; undefined for one that leads somewhere, or out of the project. */
function linkProblem(path: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined
  const [file = '', anchor] = link.split('#', 2)
  const target = file === '' ? path : posix.join(posix.dirname(path), file)
  if (target.startsWith('..') || !exists(target)) return `${path}: ${link}: no such file`
  if (anchor === undefined || anchorsOf(readPage(target)).has(anchor)) return undefined
  return `${path}: ${link}: no such heading`
}

for (const path of pagePaths()) {
  describe(path, () => {
    const page = readPage(path)

    it('has links that lead somewhere', () => {
      assert.deepEqual(
        linksOf(page).flatMap((link) => linkProblem(path, link) ?? []),
        [],
      )
      assert.deepEqual(undefinedReferencesOf(page), [])
    })

    it('names only files that are there', () => {
      const named = codeSpansOf(page).filter((code) => PROJECT_PATH.test(code))
      assert.deepEqual(
        named.filter((name) => !exists(name)),
        [],
      )
    })
  })
}

describe('docs/README.md', () => {
  it('leads to every page', () => {
    const links = linksOf(readPage('docs/README.md')).map((link) => `docs/${link.replace(/#.*/, '')}`)
    const pages = pagePaths().filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')
    assert.deepEqual(
      pages.filter((path) => !links.includes(path)),
      [],
    )
  })
})

describe('linkProblem', () => {
  const rows: readonly (readonly [link: string, found: boolean])[] = [
    ['https://example.com/nothing', true],
    ['../README.md', true],
    ['../README.md#try-it', true],
    ['#variables', true],
    ['../schema', true],
    ['nothing.md', false],
    ['../README.md#nothing', false],
    ['#nothing', false],
    ['../../outside.md', false],
  ]
  for (const [link, found] of rows) {
    it(`${found ? 'takes' : 'refuses'} ${link}`, () => {
      assert.equal(linkProblem('docs/configuration.md', link) === undefined, found)
    })
  }
})

describe('the reader of pages', () => {
  const page =
    '# A `b` & c-d\n\n[x](y.md#z) `[n](o.md)` ![i](j.png "t") [k][l]\n\n```sh\n[f](g.md)\n# no\n```\n\n# A b & c-d\n\n[l]: m.md\n'

  it('finds links and definitions outside of code', () => {
    assert.deepEqual(linksOf(page), ['y.md#z', 'j.png', 'm.md'])
    assert.deepEqual(undefinedReferencesOf(page), [])
    assert.deepEqual(undefinedReferencesOf('[k][l]'), ['l'])
  })

  it('makes anchors as GitHub does', () => {
    assert.deepEqual([...anchorsOf(page)], ['a-b--c-d', 'a-b--c-d-1'])
  })

  it('finds code', () => {
    assert.deepEqual(codeSpansOf('a `b` c'), ['b'])
    assert.deepEqual(fencesOf(page), [{ info: 'sh', text: '[f](g.md)\n# no\n' }])
  })
})
