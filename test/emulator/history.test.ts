import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { gitCommit, gitEntry } from '../../emulator/github/model/git.ts'
import type { Commit, GitEntry } from '../../emulator/github/model/git.ts'
import { commitsBetween, filesBetween, mergeBase } from '../../emulator/github/model/history.ts'

/** For each commit but the first, which earlier ones are its parents. */
const histories = fc
  .array(fc.array(fc.nat({ max: 20 }), { minLength: 0, maxLength: 2 }), { minLength: 1, maxLength: 20 })
  .map((rows) => commitsOf(rows))
const trees = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3')).map(treeOf)
const pick = fc.nat({ max: 20 })

test('finds a common ancestor that no other common ancestor comes after', () => {
  fc.assert(
    fc.property(histories, pick, pick, (commits, first, second) => {
      const store = storeOf(commits)
      const [one, other] = [picked(commits, first), picked(commits, second)]
      const behindOther = ancestors(store, other)
      const common = [...ancestors(store, one)].filter((commit) => behindOther.has(commit))
      const base = mergeBase(store, one, other)
      if (base === undefined) {
        assert.equal(common.length, 0)
        return
      }
      assert.ok(common.includes(base))
      for (const commit of common) {
        assert.ok(commit === base || !ancestors(store, commit).has(base))
      }
    }),
  )
})

test('lists exactly the commits that lead to one side only, parents first', () => {
  fc.assert(
    fc.property(histories, pick, pick, (commits, first, second) => {
      const store = storeOf(commits)
      const [base, head] = [picked(commits, first), picked(commits, second)]
      const known = ancestors(store, base)
      const between = commitsBetween(store, base, head)
      const expected = [...ancestors(store, head)].filter((commit) => !known.has(commit))
      assert.deepEqual(new Set(between), new Set(expected))
      assert.equal(between.length, expected.length)
      for (const [index, { parents }] of between.entries()) {
        assert.ok(between.slice(index).every(({ sha }) => !parents.includes(sha)))
      }
    }),
  )
})

test('tells differences that lead from one tree to the other', () => {
  fc.assert(
    fc.property(trees, trees, (before, after) => {
      const result = new Map(before)
      const differences = filesBetween(before, after)
      for (const difference of differences) {
        if (difference.status === 'renamed') {
          assert.equal(before.get(difference.previousPath)?.sha, difference.entry.sha)
          assert.ok(!after.has(difference.previousPath))
          result.delete(difference.previousPath)
        }
        assert.notEqual(before.get(difference.path)?.sha, after.get(difference.path)?.sha)
        if (difference.status === 'removed') result.delete(difference.path)
        else result.set(difference.path, difference.entry)
      }
      assert.deepEqual(shasOf(result), shasOf(after))
      const paths = differences.map(({ path }) => path)
      assert.deepEqual(paths, [...new Set(paths)].sort())
    }),
  )
})

function commitsOf(rows: readonly (readonly number[])[]): readonly Commit[] {
  const commits: Commit[] = []
  for (const [index, row] of rows.entries()) {
    const parents = new Set(row.flatMap((number) => commits[number % Math.max(1, index)]?.sha ?? []))
    commits.push(gitCommit(new Map(), [...parents], String(index), 0))
  }
  return commits
}

function picked(commits: readonly Commit[], number: number): Commit {
  const commit = commits[number % commits.length]
  assert.ok(commit)
  return commit
}

function storeOf(commits: readonly Commit[]): ReadonlyMap<string, Commit> {
  return new Map(commits.map((commit) => [commit.sha, commit]))
}

/** The commit and all behind it, found without any order. */
function ancestors(store: ReadonlyMap<string, Commit>, commit: Commit): ReadonlySet<Commit> {
  return new Set([
    commit,
    ...commit.parents.flatMap((sha) => {
      const parent = store.get(sha)
      return parent === undefined ? [] : [...ancestors(store, parent)]
    }),
  ])
}

function treeOf(files: Readonly<Record<string, string>>): ReadonlyMap<string, GitEntry> {
  return new Map(Object.entries(files).map(([path, content]) => [path, gitEntry('file', content)]))
}

function shasOf(files: ReadonlyMap<string, GitEntry>): Readonly<Record<string, string>> {
  const shas: Readonly<Record<string, string>> = Object.fromEntries(
    [...files].map(([path, { sha }]): [string, string] => [path, sha]).sort(),
  )
  return shas
}
