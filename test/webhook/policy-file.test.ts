import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isNearPolicies, readPolicyPath, type PolicyFile } from '../../pkg/webhook/policy-file.ts'

const FOLDER = '.github/chainguard'

/** What is read of a path where `.github` holds the policies of the organization. */
function kindAt(path: string, repository = 'app'): PolicyFile['kind'] | undefined {
  return readPolicyPath(path, { repository, orgPolicyRepo: '.github' })?.kind
}

describe('at a path there is', () => {
  const cases: readonly (readonly [
    path: string,
    inRepository: PolicyFile['kind'] | undefined,
    inOrganization?: PolicyFile['kind'],
  ])[] = [
    [`${FOLDER}/a.sts.yaml`, 'trust-policy'],
    [`${FOLDER}/${'a'.repeat(128)}.sts.yaml`, 'trust-policy'],
    [`${FOLDER}/trusted-token-issuers.yaml`, 'unread', 'issuer-list'],

    ['.github', 'no-folder'],
    [FOLDER, 'no-folder'],

    [`${FOLDER}/${'a'.repeat(129)}.sts.yaml`, 'unread'],
    [`${FOLDER}/.sts.yaml`, 'unread'],
    [`${FOLDER}/a b.sts.yaml`, 'unread'],
    [`${FOLDER}/\ud800.sts.yaml`, 'unread'],
    [`${FOLDER}/\n@team.yaml`, 'unread'],
    [`${FOLDER}/a.STS.yaml`, 'unread'],
    [`${FOLDER}/a.sts.yml`, 'unread'],
    [`${FOLDER}/a.yaml`, 'unread'],
    [`${FOLDER}/trusted-token-issuer.yaml`, 'unread'],
    [`${FOLDER}/sub/a.sts.yaml`, 'unread'],
    [`${FOLDER}/../a.sts.yaml`, 'unread'],
    [`${FOLDER}//a.sts.yaml`, 'unread'],
    ['.github/Chainguard/a.sts.yaml', 'unread'],
    ['.GITHUB/CHAINGUARD/sub/a.yml', 'unread'],
    ['.github/Chainguard/a.sts.yaml/b.yaml', 'unread'],

    [`${FOLDER}/README.md`, undefined],
    [`${FOLDER}/a.sts.yaml.txt`, undefined],
    [`${FOLDER}/`, undefined],
    [`${FOLDER}/sub/a`, undefined],
    ['.github/Chainguard/a.sts.yaml/b', undefined],
    ['.GitHub', undefined],
    ['.github/Chainguard', undefined],
    ['.github/chainguard.sts.yaml', undefined],
    ['.github/workflows/a.yaml', undefined],
    [`sub/${FOLDER}/a.sts.yaml`, undefined],
    [`/${FOLDER}/a.sts.yaml`, undefined],
    ['a.sts.yaml', undefined],
    ['', undefined],
  ]
  for (const [path, inRepository, inOrganization = inRepository] of cases) {
    test(`${inRepository ?? 'nothing'}: ${JSON.stringify(path).slice(0, 60)}`, () => {
      assert.equal(kindAt(path), inRepository)
      assert.equal(kindAt(path, '.github'), inOrganization)
      assert.equal(kindAt(path, '.GitHub'), inOrganization)
    })
  }

  test('the path itself, whatever else is said', () => {
    for (const [path] of cases) {
      const file = readPolicyPath(path, { repository: '.github', orgPolicyRepo: '.github' })
      assert.ok(file === undefined || file.path === path)
    }
  })
})

test('a policy is one of the organization in the repository of its policies alone', () => {
  const path = `${FOLDER}/a.sts.yaml`
  for (const [repository, level] of [
    ['app', 'repository'],
    ['policies', 'organization'],
    ['Policies', 'organization'],
    ['.github', 'repository'],
  ] as const) {
    const file = readPolicyPath(path, { repository, orgPolicyRepo: 'policies' })
    assert.deepEqual(file, { kind: 'trust-policy', path, level })
  }
})

describe('in a folder', () => {
  const list = `${FOLDER}/trusted-token-issuers.yaml`
  const organization = { repository: '.github', orgPolicyRepo: '.github' }

  test('where a policy is looked for, whatever is there stands for the policy', () => {
    for (const path of ['x', 'b.sts.yaml', 'x/y/z', '\ud800', 'x.yml', '']) {
      const file = readPolicyPath(`${FOLDER}/a.sts.yaml/${path}`, organization)
      assert.deepEqual(file, { kind: 'trust-policy', path: `${FOLDER}/a.sts.yaml`, level: 'organization' })
    }
  })

  test('where the issuer list is looked for, it stands for the list', () => {
    assert.deepEqual(readPolicyPath(`${list}/x`, organization), { kind: 'issuer-list', path: list })
    assert.equal(kindAt(`${list}/x`), undefined)
    assert.equal(kindAt(`${list}/x.yaml`), 'unread')
  })

  for (const name of ['\ud800', '', 'a b', 'é', 'a'.repeat(129)]) {
    test(`with a name that no policy can have, nothing does: ${JSON.stringify(name).slice(0, 20)}`, () => {
      assert.equal(kindAt(`${FOLDER}/${name}.sts.yaml/x`), undefined)
      assert.equal(kindAt(`${FOLDER}/${name}.sts.yaml/x.yaml`), 'unread')
    })
  }
})

test('what is to be read has a path that can be asked for', () => {
  const names = ['a', '\ud800', '', '..', 'a%2fb', 'a?b', 'a#b', 'a\\b', 'a\0b', 'é']
  for (const name of names) {
    for (const path of [
      `${name}.sts.yaml`,
      `${name}.sts.yaml/x`,
      `${name}/a.sts.yaml`,
      `a.sts.yaml/${name}`,
    ]) {
      const file = readPolicyPath(`${FOLDER}/${path}`, { repository: 'app', orgPolicyRepo: '.github' })
      if (file?.kind === 'trust-policy') assert.match(file.path, /^\.github\/chainguard\/[\w.-]+\.sts\.yaml$/)
    }
  }
})

describe('near policies is', () => {
  const cases: readonly (readonly [path: string, isNear: boolean])[] = [
    ['.github', true],
    [FOLDER, true],
    [`${FOLDER}/`, true],
    [`${FOLDER}/a.sts.yaml`, true],
    [`${FOLDER}/README.md`, true],
    [`${FOLDER}/sub/a`, true],
    ['.GITHUB/Chainguard/a.sts.yaml', true],
    [`${FOLDER}/\ud800`, true],
    ['.GitHub', false],
    ['.github/', false],
    ['.github/chainguards/a.sts.yaml', false],
    ['.github/chainguard.yaml', false],
    ['.github/workflows/a.yaml', false],
    [`sub/${FOLDER}/a.sts.yaml`, false],
    ['', false],
    ['__proto__', false],
  ]
  for (const [path, isNear] of cases) {
    test(`${JSON.stringify(path)}${isNear ? '' : ', not'}`, () => {
      assert.equal(isNearPolicies(path), isNear)
    })
  }
})
