import assert from 'node:assert/strict'
import { request } from 'node:https'
import test from 'node:test'
import { generate } from 'selfsigned'
import { startTestGitHub } from './support/test-github.ts'

test('speaks TLS with the certificate it is given, resets included', async (t) => {
  const pem = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const { github } = await startTestGitHub(t, { tls: { key: pem.private, cert: pem.cert } })
  assert.match(github.baseUrl, /^https:/)
  const status = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = `${github.baseUrl}/repos/acme/site`
      const sent = request(url, { ca: pem.cert, headers: { 'user-agent': 'test' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.on('error', reject).end()
    })
  assert.equal(await status(), 200)
  github.failNext({ kind: 'reset' })
  await assert.rejects(status())
})
