import assert from 'node:assert/strict'
import { request } from 'node:https'
import test, { type TestContext } from 'node:test'
import { generate } from 'selfsigned'
import { generateAppKey, startEnterpriseServer } from '../../emulator/index.ts'

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly json: unknown
}

async function start(t: TestContext) {
  const pem = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const server = await startEnterpriseServer({ tls: { key: pem.private, cert: pem.cert } })
  t.after(() => server.close())
  const ask = (url: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      request(url, { ca: pem.cert, headers: { 'user-agent': 'test' } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => (text += part))
        answer.on('end', () => {
          const { statusCode: status, headers } = answer
          resolve({ status, headers, json: text === '' ? undefined : JSON.parse(text) })
        })
      })
        .on('error', reject)
        .end()
    })
  return { ...server, ask, host: new URL(server.github.baseUrl).origin }
}

test('one host has the REST API below /api/v3 and the issuer below /_services/token', async (t) => {
  const { github, issuer, host, ask } = await start(t)
  assert.equal(github.baseUrl, `${host}/api/v3`)
  assert.equal(issuer.issuer, `${host}/_services/token`)
  const document = await ask(`${issuer.issuer}/.well-known/openid-configuration`)
  const { issuer: named, jwks_uri: keys } = document.json as { issuer: string; jwks_uri: string }
  assert.equal(named, issuer.issuer)
  assert.equal((await ask(keys)).status, 200)
  assert.deepEqual(
    issuer.calls.map(({ operation }) => operation),
    ['discovery', 'keys'],
  )
  assert.equal((await ask(`${host}/repos/acme/site`)).status, 404)
  assert.equal((await ask(`${host}/api/v3x/repos/acme/site`)).status, 404)
  assert.deepEqual(github.calls, [])
})

test('its answers lead below /api/v3 and say nothing of rate limits', async (t) => {
  const { github, ask } = await start(t)
  github.addOrganization('acme')
  github.addRepository({ owner: 'acme', name: 'site', private: false })
  const app = github.addApp({
    slug: 'sts',
    owner: 'acme',
    publicKeys: [generateAppKey().publicKey],
    permissions: { issues: 'read', metadata: 'read' },
  })
  github.install({ app, account: 'acme' })
  const { status, headers, json } = await ask(`${github.baseUrl}/repos/acme/site`)
  assert.equal(status, 200)
  assert.equal((json as { url: string }).url, `${github.baseUrl}/repos/acme/site`)
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('x-ratelimit')),
    [],
  )
  github.renameRepository('acme/site', 'pages')
  const moved = await ask(`${github.baseUrl}/repos/acme/site`)
  assert.equal(moved.status, 301)
  assert.ok(String(moved.headers['location']).startsWith(`${github.baseUrl}/repositories/`))
})
