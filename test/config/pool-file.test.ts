import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderConfigErrors } from '#pkg/config'
import { KEY_PROBLEM, PEM } from './support/environment.ts'
import { poolErrorsOf, poolsOf, readPools } from './support/pool-file.ts'

const KEY = 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'
const pem = { kind: 'pem', pem: PEM }
const one = (fields: string): string =>
  `orgs:\n  - name: acme\n    apps:\n      - ${fields.replaceAll('\n', '\n        ')}\n`

describe('a file of pools', () => {
  it('has Apps with each kind of key, for owners and for everybody else', () => {
    const text = `
orgs:
  - name: Org-A
    apps:
      - app_id: 111
        kms_key: ${KEY}
      - app_id: "112"
        private_key: \${ORG_A_PEM}   # a comment
  - name: "*"
    apps: [{ app_id: Iv1.abc, private_key_file: /b.pem }]
`
    assert.deepEqual(poolsOf(text, { ORG_A_PEM: PEM }, { '/b.pem': PEM }), [
      {
        owner: 'org-a',
        apps: [
          { id: '111', key: { kind: 'kms', provider: 'gcp', name: KEY } },
          { id: '112', key: pem },
        ],
      },
      { owner: '*', apps: [{ id: 'Iv1.abc', key: pem }] },
    ])
  })

  it('may have a PEM as a block', () => {
    const block = PEM.trimEnd().replaceAll('\n', '\n  ')
    assert.deepEqual(poolsOf(one(`app_id: 1\nprivate_key: |\n  ${block}`))[0]?.apps, [{ id: '1', key: pem }])
  })

  it('names keys of KMS_PROVIDER', () => {
    const [pool] = poolsOf(one('app_id: 1\nkms_key: alias/a'), { KMS_PROVIDER: 'AWS' })
    assert.deepEqual(pool?.apps[0]?.key, { kind: 'kms', provider: 'aws', name: 'alias/a' })
  })

  it('takes a key that is nothing for none', () => {
    const text = one('app_id: 1\nkms_key: ""\nprivate_key_file: null\nprivate_key: ${P}')
    assert.deepEqual(poolsOf(text, { P: PEM })[0]?.apps, [{ id: '1', key: pem }])
  })

  it('leaves the variables that it replaces unread', () => {
    const text = one('app_id: 1\nprivate_key: ${P}')
    const replaced = {
      GITHUB_APP_IDS: 'x y',
      KMS_KEYS: 'k',
      APP_SECRET_CERTIFICATE_FILE: '/missing',
      APP_SECRET_CERTIFICATE_ENV_VAR: ' ',
    }
    assert.deepEqual(
      poolsOf(text, { ...replaced, P: PEM })[0]?.apps.map(({ id }) => id),
      ['1'],
    )
  })

  it('is no reason to warn of the variables that it refers to', () => {
    const result = readPools(one('app_id: 1\nprivate_key: ${STS_ACME_PEM}'), {
      STS_ACME_PEM: PEM,
      STS_OTHER: 'x',
    })
    assert.ok(result.ok, 'the file is valid')
    assert.equal(result.warnings.length, 1)
    assert.match(result.warnings[0] ?? '', /^STS_OTHER /)
  })
})

describe('a reference in a file of pools', () => {
  const rows: readonly (readonly [written: string, path: string])[] = [
    ['${DIR}/a.pem', '/keys/a.pem'],
    ['$DIR/a.pem', '$DIR/a.pem'],
    ['/$${DIR}', '/$/keys'],
    ['"${DIR}${DIR}"', '/keys/keys'],
    ['/${}/$/{DIR}', '/${}/$/{DIR}'],
    ['/${DIR-x}', '/${DIR-x}'],
    ['${NESTED}', '${DIR}'],
  ]
  for (const [written, path] of rows) {
    it(`${written} is ${path}`, () => {
      const changes = { DIR: '/keys', NESTED: '${DIR}' }
      const [pool] = poolsOf(one(`app_id: 1\nprivate_key_file: ${written}`), changes, { [path]: PEM })
      assert.deepEqual(pool?.apps[0]?.key, pem)
    })
  }

  it('may stand in every value, but in no key', () => {
    const text = 'orgs:\n- name: ${O}\n  apps:\n  - app_id: ${I}\n    kms_key: ${K}\n    ${O}: 1'
    assert.deepEqual(
      poolErrorsOf(text, { O: 'acme', I: '1', K: KEY }).map(({ problem }) => problem),
      ['it is unknown'],
    )
  })

  for (const changes of [{}, { P: '' }]) {
    it(`is refused where its variable is ${'P' in changes ? 'empty' : 'not set'}, once`, () => {
      assert.deepEqual(
        poolErrorsOf(one('app_id: 1\nprivate_key: ${P}'), changes).map(({ place, problem }) => [
          place,
          problem,
        ]),
        [['line 5, orgs[0].apps[0].private_key', 'P is not set, or empty']],
      )
    })
  }

  it('takes nothing that the environment inherits', () => {
    assert.equal(poolErrorsOf(one('app_id: 1\nprivate_key: ${toString}')).length, 1)
  })
})

describe('what is wrong in a file of pools', () => {
  const rows: readonly (readonly [text: string, place: string, problem: RegExp | undefined])[] = [
    ['orgs: []', 'line 1, orgs', /empty/],
    ['orgs:', 'line 1, orgs', /missing/],
    ['{}', 'line 1, orgs', /missing/],
    ['# nothing', 'line 1', /missing/],
    ['orgs: acme', 'line 1, orgs', undefined],
    ['[]', 'line 1', undefined],
    ['orgs: [acme]', 'line 1, orgs[0]', undefined],
    ['orgs:\n- name: a\n  apps: []', 'line 3, orgs[0].apps', /empty/],
    ['orgs:\n- name: a', 'line 2, orgs[0].apps', /missing/],
    [`orgs:\n- apps: [{ app_id: 1, kms_key: ${KEY} }]`, 'line 2, orgs[0].name', /missing/],
    [`orgs:\n- name: a/b\n  apps: [{ app_id: 1, kms_key: ${KEY} }]`, 'line 2, orgs[0].name', undefined],
    [`orgs:\n- name: ""\n  apps: [{ app_id: 1, kms_key: ${KEY} }]`, 'line 2, orgs[0].name', /missing/],
    [one(`kms_key: ${KEY}`), 'line 4, orgs[0].apps[0].app_id', /missing/],
    [one(`app_id: 0\nkms_key: ${KEY}`), 'line 4, orgs[0].apps[0].app_id', undefined],
    [one(`app_id: 0x1\nkms_key: ${KEY}`), 'line 4, orgs[0].apps[0].app_id', undefined],
    [one(`app_id: [1]\nkms_key: ${KEY}`), 'line 4, orgs[0].apps[0].app_id', undefined],
    [one('app_id: 1'), 'line 4, orgs[0].apps[0]', /no key/],
    [one(`app_id: 1\nprivate_key: ""`), 'line 4, orgs[0].apps[0]', /no key/],
    [
      one(`app_id: 1\nkms_key: ${KEY}\nprivate_key_file: /a.pem`),
      'line 4, orgs[0].apps[0]',
      /kms_key and private_key_file/,
    ],
    [one('app_id: 1\nkms_key: k'), 'line 5, orgs[0].apps[0].kms_key', undefined],
    [one('app_id: 1\nprivate_key: k'), 'line 5, orgs[0].apps[0].private_key', new RegExp(KEY_PROBLEM)],
    [one('app_id: 1\nprivate_key_file: /x'), 'line 5, orgs[0].apps[0].private_key_file', /ENOENT/],
    [
      one('app_id: 1\nprivate_key_file: /k'),
      'line 5, orgs[0].apps[0].private_key_file',
      new RegExp(KEY_PROBLEM),
    ],
    [
      one(`app_id: 1\nkms_key: ${KEY}\nkmskey: x`),
      'line 6, orgs[0].apps[0].kmskey',
      /did you mean kms_key\?/,
    ],
    [one(`app_id: 1\nkms_key: ${KEY}\nwebhook:`), 'line 6, orgs[0].apps[0].webhook', /^it is unknown$/],
    [one(`app_id: 1\nkms_key: ${KEY}\n__proto__: x`), 'line 6, orgs[0].apps[0].__proto__', /unknown/],
    [`${one(`app_id: 1\nkms_key: ${KEY}`)}org: x`, 'line 6, org', /did you mean orgs\?/],
  ]
  for (const [text, place, problem] of rows) {
    it(`is said with its place: ${JSON.stringify(text).slice(0, 100)}`, () => {
      const errors = poolErrorsOf(text, {}, { '/a.pem': PEM, '/k': 'hunter2' })
      assert.deepEqual(
        errors.map((error) => [error.variable, error.place]),
        [['APP_CONFIG_FILE', place]],
      )
      if (problem !== undefined) assert.match(errors[0]?.problem ?? '', problem)
    })
  }

  it('is an App that is there twice, in one pool or two', () => {
    const app = `{ app_id: 1, kms_key: ${KEY} }`
    const text = `orgs:\n- name: a\n  apps:\n  - ${app}\n  - ${app}\n- name: b\n  apps: [${app}]`
    assert.deepEqual(
      poolErrorsOf(text).map(({ place }) => place),
      ['line 5, orgs[0].apps[1].app_id', 'line 7, orgs[1].apps[0].app_id'],
    )
  })

  it('is an owner that is there twice, whatever its letter case', () => {
    const text = `orgs:\n- { name: Acme, apps: [{ app_id: 1, kms_key: ${KEY} }] }\n- { name: aCME, apps: [{ app_id: 2, kms_key: ${KEY} }] }`
    assert.deepEqual(
      poolErrorsOf(text).map(({ place }) => place),
      ['line 3, orgs[1].name'],
    )
  })

  it('is said all at once, with what is wrong elsewhere', () => {
    const text = `
orgs:
  - name: acme
    apps:
      - app_id: 1
        kms_key: k
      - app_id: 1
        private_keys: x
  - name: ACME
    appz: []
  - apps: [{ app_id: x y, private_key: "\${P}" }]
other: 1
`
    const places = poolErrorsOf(text, { PORT: 'x' }).map(({ variable, place }) => place ?? variable)
    assert.deepEqual(places.sort(), [
      'PORT',
      'line 10, orgs[1].appz',
      'line 11, orgs[2].apps[0].app_id',
      'line 11, orgs[2].apps[0].private_key',
      'line 11, orgs[2].name',
      'line 12, other',
      'line 6, orgs[0].apps[0].kms_key',
      'line 7, orgs[0].apps[1]',
      'line 7, orgs[0].apps[1].app_id',
      'line 8, orgs[0].apps[1].private_keys',
      'line 9, orgs[1].apps',
      'line 9, orgs[1].name',
    ])
  })

  it('is counted from the 51st error on', () => {
    const orgs = Array.from({ length: 200 }, (_, index) => `- { name: a b, x${index}: 1 }`)
    const errors = poolErrorsOf(`orgs:\n${orgs.join('\n')}`)
    assert.equal(errors.length, 51)
    assert.match(errors.at(-1)?.problem ?? '', /^550 more errors$/)
  })

  const secrets: readonly string[] = [
    one('app_id: 1\nprivate_key: hunter2'),
    one('app_id: 1\nprivate_key: ${P}'),
    one('app_id: 1\nkms_key: ${P}'),
    one('app_id: ${P}\nprivate_key_file: ${P}'),
    one('app_id: 1\nprivate_key: [hunter2]'),
    one('app_id: 1\nprivate_key_file: "-----BEGIN PRIVATE KEY-----\\nhunter2"'),
    one('app_id: 1\n"-----BEGIN PRIVATE KEY-----hunter2": x'),
    one('app_id: 1\nprivate_key: |\n  hunter2\n hunter2'),
    one('app_id: 1\nprivate_key: "hunter2'),
    one('app_id: 1\nprivate_key: @hunter2'),
    one('app_id: 1\nprivate_key: *hunter2'),
    one('app_id: 1\nprivate_key: !hunter2 x'),
    one('app_id: 1\nprivate_key: -----BEGIN\n-----END: hunter2: x'),
  ]
  for (const text of secrets) {
    it(`shows no key: ${JSON.stringify(text.slice(40))}`, () => {
      const errors = poolErrorsOf(text, { P: 'hunter2 x' })
      assert.notEqual(errors.length, 0)
      assert.doesNotMatch(renderConfigErrors(errors), /hunter2/)
    })
  }
})
