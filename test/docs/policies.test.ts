import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  checkTokenSyntax,
  ISSUER_LIST_PATH,
  lintTrustPolicy,
  matchToken,
  permitsIssuer,
  readIssuerList,
  readTrustPolicy,
  trustPolicySchema,
  type CompiledTrustPolicy,
  type Diagnostic,
} from '#pkg/policy'
import { codeSpansOf, fencesOf, pagePaths, readPage, sectionOf } from './support/page.ts'
import {
  EXAMPLE_DOMAIN,
  examplesOf,
  isDocument,
  pathOf,
  sectionsOf,
  type PolicyExample,
} from './support/policy-example.ts'
import { rowsOf } from './support/table.ts'

const ORG_POLICY_REPO = '.github'

const pages = pagePaths()
const examples = pages.flatMap(examplesOf)
const isIssuerList = ({ path }: PolicyExample): boolean => path.endsWith(ISSUER_LIST_PATH)
const policies = examples.filter((example) => !isIssuerList(example))

function read({ path, text }: Pick<PolicyExample, 'path' | 'text'>): {
  readonly policy: CompiledTrustPolicy
  readonly warnings: readonly Diagnostic[]
} {
  const level = path.split('/')[1] === ORG_POLICY_REPO ? 'organization' : 'repository'
  const result = readTrustPolicy(text, { level, strict: true })
  assert.ok(result.ok, JSON.stringify(result.diagnostics))
  const lints = lintTrustPolicy(result.value, { orgPolicyRepo: ORG_POLICY_REPO })
  return { policy: result.value, warnings: [...result.diagnostics, ...lints] }
}

for (const example of policies) {
  describe(`${example.page}: ${example.path}`, () => {
    it('is valid to a strict service, with no warning that its section does not name', () => {
      const { policy, warnings } = read(example)
      const named = codeSpansOf(example.section.text)
      assert.deepEqual(
        warnings.filter(({ code }) => !named.includes(code)),
        [],
      )
      assert.notEqual(policy.source.subject ?? policy.source.subject_pattern, undefined)
    })

    for (const claims of example.allowed) {
      it(`lets ${String(claims['sub'])} in`, () => {
        assert.deepEqual(checkTokenSyntax(claims, { allowLoopback: false }), { ok: true })
        assert.deepEqual(match(example, claims), { ok: true })
      })
    }

    for (const { reason, claims } of example.denied) {
      it(`denies for ${reason}: ${JSON.stringify(claims)}`, () => {
        assert.deepEqual(checkTokenSyntax(claims, { allowLoopback: false }), { ok: true })
        const result = match(example, claims)
        assert.equal(result.ok ? 'allowed' : result.reason, reason)
      })
    }
  })
}

function match(example: PolicyExample, claims: PolicyExample['allowed'][number]) {
  const repository = example.path.split('/').slice(0, 2).join('/')
  return matchToken(read(example).policy, claims, { domain: EXAMPLE_DOMAIN, repository })
}

describe('the policies of all pages', () => {
  it('say where they are', () => {
    // The README gives the path of its only policy in a sentence.
    const others = pages.filter((path) => path !== 'README.md')
    assert.deepEqual(others.flatMap(unmarkedOf), [])
  })

  it('are valid in the README', () => {
    const path = 'acme/app/.github/chainguard/release.sts.yaml'
    for (const text of unmarkedOf('README.md')) {
      const { warnings } = read({ path, text })
      assert.deepEqual(
        warnings.map(({ code }) => code),
        ['can_change_policies'],
      )
    }
  })

  it('have different paths on a page', () => {
    const keys = examples.map(({ page, path }) => `${page} ${path}`)
    assert.deepEqual(keys, [...new Set(keys)])
  })

  it('come with a token that is let in and one that is not, on the page of examples', () => {
    const bare = policies.filter(
      ({ page, allowed, denied }) =>
        page === 'docs/policy-examples.md' && (allowed.length === 0 || denied.length === 0),
    )
    assert.deepEqual(bare, [])
    assert.ok(policies.filter(({ page }) => page === 'docs/policy-examples.md').length >= 12)
  })
})

function unmarkedOf(path: string): readonly string[] {
  const fences = fencesOf(readPage(path))
  return fences.flatMap((fence) => (isDocument(fence) && pathOf(fence) === undefined ? [fence.text] : []))
}

describe('the issuer lists of all pages', () => {
  const lists = examples.filter(isIssuerList)

  it('are valid, and permit the issuers of the examples where that is said', () => {
    assert.notDeepEqual(lists, [])
    for (const { text } of lists) {
      const result = readIssuerList(text)
      assert.ok(result.ok, JSON.stringify(result.diagnostics))
      assert.deepEqual(result.diagnostics, [])
      assert.ok(permitsIssuer(result.value, 'https://token.actions.githubusercontent.com'))
      assert.ok(!permitsIssuer(result.value, 'https://token.actions.githubusercontent.com/other'))
    }
  })
})

describe('the fields in docs/policies.md', () => {
  const rows = rowsOf(sectionOf(readPage('docs/policies.md'), '## Fields'))
  const field = (cell = ''): string => codeSpansOf(cell)[0] ?? ''

  it('are those of the language', () => {
    const { properties } = trustPolicySchema('organization') as { properties: Record<string, unknown> }
    assert.deepEqual(rows.map(([name]) => field(name)).sort(), Object.keys(properties).sort())
  })

  const base = new Map([
    ['issuer', 'issuer: https://gitlab.com'],
    ['subject', 'subject: project_path:acme/mirror:ref_type:branch:ref:main'],
    ['permissions', 'permissions: { contents: read }'],
  ])
  for (const [name, , example] of rows) {
    it(`have an example that is valid: ${field(name)}`, () => {
      const line = field(example)
      const key = field(name)
      assert.ok(line.startsWith(`${key}: `), line)
      const others = [...base]
        .filter(([other]) => key.replace('_pattern', '') !== other)
        .map(([, text]) => text)
      const result = readTrustPolicy([...others, line].join('\n'), { level: 'organization' })
      assert.ok(result.ok, JSON.stringify(result.diagnostics))
      assert.ok(Object.hasOwn(result.value.source, key))
    })
  }
})

describe('the reader of examples', () => {
  it('splits a page at its headings, not at comments in its code', () => {
    const page = '# A\n\nb\n\n```yaml\n# c\nd: 1\n```\n\n## E\nf\n'
    assert.deepEqual(
      sectionsOf(page).map(({ heading }) => heading),
      ['A', 'E'],
    )
    assert.match(sectionsOf(page)[0]?.text ?? '', /# c\nd: 1/)
  })
})
