import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { readIssuerList, readTrustPolicy } from '#pkg/policy'
import { startProgram } from './support/service-process.ts'

describe('the demo', () => {
  test('shows its tour, each step as it should be, and ends with 0', async (t) => {
    const demo = startProgram(t, 'cmd/demo/main.ts', { PORT: '0' }, ['--once'])
    assert.deepEqual(await demo.exit, { code: 0, signal: null }, demo.output())
    assert.match(demo.output(), /200: a GitHub token/)
    assert.match(demo.output(), /403: the token does not satisfy the trust policy: subject is .*pull_request/)
    assert.match(demo.output(), /check run "Trust Policy Validation": failure/)
    assert.match(demo.output(), /deploy\.sts\.yaml:2 failure: .*did you mean "subject"/)
    assert.match(demo.output(), /adds `pull_requests: write` on `acme\/app`/)
    assert.match(demo.output(), /curl -s 'http:\/\/127\.0\.0\.1:\d+\/sts\/exchange\?/)
    assert.match(demo.output(), / prober: passed, in \d+ ms/)
    assert.match(demo.output(), /passed +create_issue_refused/)
    assert.match(demo.output(), /negative-prober: passed.*negative-prober: failed.*negative-prober: passed/s)
    assert.match(demo.output(), /lets in more: .*acme@4242\/prober@510004/)
    assert.match(demo.output(), /failed +other_identity_grpc +INCIDENT/)
    assert.match(demo.output(), /failed +other_identity_json +INCIDENT/)
    assert.doesNotMatch(demo.output(), /THIS IS NOT WHAT SHOULD HAPPEN/)
    assert.doesNotMatch(demo.output(), /ghs_[0-9]/, 'no token is shown in full')
  })

  test('names its page first, shows there what happens, with no token in it, and stays up until told to end', async (t) => {
    const demo = startProgram(t, 'cmd/demo/main.ts', { PORT: '0' })
    await demo.saw(/Ctrl-C ends it/)
    const urls = demo.output().match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []
    const [page = '', service = '', , issuer = '', , prober = '', negativeProber = ''] = urls
    assert.equal((await fetch(prober)).status, 200)
    assert.equal((await fetch(negativeProber)).status, 200)

    const job = new URLSearchParams({ repository: 'acme/app', ref: 'main', audience: 'sts.demo.example' })
    const { value } = (await (await fetch(`${issuer}/actions/token?${job.toString()}`)).json()) as Answer
    const { token } = (await (
      await fetch(`${service}/sts/exchange?scope=acme/app&identity=release`, {
        headers: { authorization: `Bearer ${value}` },
      })
    ).json()) as Answer
    const denied = await fetch(`${service}/sts/exchange?scope=acme/app&identity=hostile`, {
      headers: { authorization: `Bearer ${value}`, 'user-agent': `<script>"${token} ${value}` },
    })
    assert.equal(denied.status, 404)
    await demo.saw(/POLICY_NOT_FOUND .*acme\/app as hostile/)

    const shown = await (await fetch(page)).text()
    assert.match(shown, /hostile<\/bdi>/)
    assert.match(shown, /&lt;script&gt;&quot;\[redacted\]/)
    assert.doesNotMatch(shown, /<script/)
    for (const secret of [token, value]) {
      assert.ok(secret.length > 100)
      for (const text of [shown, demo.output()]) {
        assert.equal(text.includes(secret), false)
        for (const part of secret.split('.')) assert.equal(text.includes(part), false)
      }
    }
    demo.child.kill('SIGINT')
    assert.deepEqual(await demo.exit, { code: 0, signal: null }, demo.output())
  })

  test('takes a port that leaves room for the others, and says so', async (t) => {
    for (const PORT of ['65530', '-1', '80.5', 'http']) {
      const demo = startProgram(t, 'cmd/demo/main.ts', { PORT })
      assert.deepEqual(await demo.exit, { code: 2, signal: null }, demo.output())
      assert.match(demo.output(), /a number up to 65529, or 0 for any/)
    }
  })
})

interface Answer {
  /** The OIDC token that the issuer gives. */
  readonly value: string
  /** The GitHub token that the service gives. */
  readonly token: string
}

describe('the policies of the demo', () => {
  const folder = new URL('../../emulator/policies/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  )

  test('are there', () => {
    assert.ok(files.length > 5, files.join())
  })

  for (const file of files) {
    test(`${file} is valid`, () => {
      const text = readFileSync(new URL(file, folder))
      const level = file.includes('/.github/.github/') ? 'organization' : 'repository'
      const result = file.endsWith('.sts.yaml') ? readTrustPolicy(text, { level }) : readIssuerList(text)
      assert.deepEqual(result.diagnostics, [])
      assert.equal(result.ok, true)
    })
  }
})
