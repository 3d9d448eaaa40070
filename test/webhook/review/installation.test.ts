import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorsOf, reviewFiles } from './support/reviewer.ts'

const START = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@42/app@7:ref:refs/heads/main',
]

/** The permissions begin in line 4, and their names in column 3. */
function granting(...permissions: readonly string[]): string {
  return [...START, 'permissions:', ...permissions.map((line) => `  ${line}`), ''].join('\n')
}

/** The repositories begin in line 6, in column 5. */
function reaching(...names: readonly string[]): string {
  return `${granting('issues: read')}repositories:\n${names.map((name) => `  - ${name}\n`).join('')}`
}

const METADATA = { metadata: 'read' }

describe('a permission that the App has not been granted', () => {
  const cases: readonly (readonly [
    name: string,
    permissions: readonly string[],
    granted: Readonly<Record<string, string>>,
    errors: readonly string[],
  ])[] = [
    ['at all is an error at its line', ['issues: read'], METADATA, ['4:3']],
    [
      'beyond read is an error at its line',
      ['issues: read', 'actions: write'],
      { issues: 'read', actions: 'read' },
      ['5:3'],
    ],
    ['beyond write is one', ['repository_projects: admin'], { repository_projects: 'write' }, ['4:3']],
    ['is one each', ['issues: read', 'pages: read'], METADATA, ['4:3', '5:3']],
    [
      'is none where there is more',
      ['issues: read', 'repository_projects: write'],
      { issues: 'write', repository_projects: 'admin' },
      [],
    ],
    [
      'is none for metadata, which every App may read',
      ['metadata: read', 'issues: read'],
      { issues: 'read' },
      [],
    ],
    ['is one for metadata: write', ['metadata: write'], { issues: 'read' }, ['4:3']],
    ['is one where the level granted is not known', ['issues: read'], { issues: 'none' }, ['4:3']],
  ]
  for (const [name, permissions, granted, errors] of cases) {
    test(name, async () => {
      const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: granting(...permissions) }], {
        granted: [granted],
      })
      assert.deepEqual(
        errorsOf(reviews[0]),
        errors.map((place) => `${place} permission_not_granted`),
      )
    })
  }

  test('on the organization is an error, too', async () => {
    const { reviews } = await reviewFiles(
      [{ name: 'a.sts.yaml', now: granting('members: write', 'organization_hooks: read') }],
      { repository: '.github', granted: [{ members: 'read' }] },
    )
    assert.deepEqual(errorsOf(reviews[0]), ['4:3 permission_not_granted', '5:3 permission_not_granted'])
  })

  test('is believed only if it was asked for just now', async () => {
    const { reviews, ages } = await reviewFiles([{ name: 'a.sts.yaml', now: granting('pages: read') }], {
      granted: [METADATA, { pages: 'read' }],
    })
    assert.deepEqual(errorsOf(reviews[0]), [])
    assert.equal(ages.length, 2)
    assert.equal(ages[0], undefined)
    assert.ok((ages[1] ?? Infinity) <= 10_000)
  })

  test('is asked for once, where nothing is lacking, and not where the review itself has needed all', async () => {
    const files = [
      { name: 'a.sts.yaml', now: granting('issues: read') },
      { name: 'b.sts.yaml', now: granting('actions: read') },
    ]
    assert.deepEqual((await reviewFiles(files)).ages, [undefined])
    const own = [{ name: 'a.sts.yaml', now: granting('contents: read', 'metadata: read', 'checks: read') }]
    assert.deepEqual((await reviewFiles(own, { granted: [{}] })).ages, [])
  })

  test('leaves the other findings in the order of the file', async () => {
    const now = `${granting('pages: write', 'administration: write')}# end\n`
    const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now }], { granted: [METADATA] })
    const lines = reviews[0]?.diagnostics.map(({ line }) => line) ?? []
    assert.ok(lines.length > 2)
    assert.deepEqual(
      lines,
      lines.toSorted((a, b) => a - b),
    )
  })
})

describe('a repository that the App cannot see', () => {
  const organization = { repository: '.github' }

  const cases: readonly (readonly [name: string, names: readonly string[], errors: readonly string[]])[] = [
    ['is an error at its line', ['app', 'gone'], ['7:5']],
    ['is one in any case', ['GONE', 'app'], ['6:5']],
    ['is one each', ['gone', 'app', 'lost'], ['6:5', '8:5']],
    // Entries that are there twice are dropped by the reader, so that it is not known any more which one is where.
    ['is an error of the list, where an entry is there twice', ['app', 'app', 'gone'], ['5:1']],
    ['is none, where all are seen', ['app', 'docs'], []],
  ]
  for (const [name, names, errors] of cases) {
    test(name, async () => {
      const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: reaching(...names) }], {
        ...organization,
        unseen: ['gone', 'lost'],
      })
      assert.deepEqual(
        errorsOf(reviews[0]).filter((error) => !error.endsWith('duplicate_entry')),
        errors.map((place) => `${place} repository_not_visible`),
      )
    })
  }

  test('is asked for once, with those of all policies, without the one that they are in', async () => {
    const { questions, reviews } = await reviewFiles(
      [
        { name: 'a.sts.yaml', now: reaching('app', 'Docs', '.github') },
        { name: 'b.sts.yaml', now: reaching('docs', 'gone') },
        { name: 'c.sts.yaml', now: 'broken' },
      ],
      { ...organization, unseen: ['gone'] },
    )
    assert.deepEqual(questions, [['app', 'docs', 'gone']])
    assert.deepEqual(reviews.map(errorsOf).slice(0, 2), [[], ['7:5 repository_not_visible']])
  })

  test('is not asked for, where policies name none, or only their own', async () => {
    for (const now of [granting('issues: read'), reaching('.github')]) {
      const { questions } = await reviewFiles([{ name: 'a.sts.yaml', now }], organization)
      assert.deepEqual(questions, [])
    }
  })

  const names = (from: number): string[] => Array.from({ length: 400 }, (_, at) => `repository-${from + at}`)

  test('is asked for with 500 names at a time', async () => {
    const files = [0, 400, 800].map((from) => ({
      name: `${from}.sts.yaml`,
      now: reaching(...names(from)),
    }))
    const { questions } = await reviewFiles(files, organization)
    assert.deepEqual(
      questions.map(({ length }) => length),
      [500, 500, 200],
    )
    assert.equal(new Set(questions.flat()).size, 1_200)
  })

  test('is the end of the questions: a change cannot spend any number of calls', async () => {
    const files = [0, 400, 800].map((from) => ({
      name: `${from}.sts.yaml`,
      now: reaching(...names(from)),
    }))
    const unseen = names(0).concat(names(400), names(800))
    const { questions, reviews } = await reviewFiles(files, { ...organization, unseen })
    assert.equal(questions.length, 1)
    assert.equal(errorsOf(reviews[0]).length, 400)
  })
})
