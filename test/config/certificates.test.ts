import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { generate } from 'selfsigned'
import { configOf, errorsOf } from './support/environment.ts'

const PATH = '/ca.pem'

describe('files of certificate authorities', () => {
  let certificate = ''
  before(async () => {
    certificate = (await generate([{ name: 'commonName', value: 'ca.test' }])).cert.trim()
  })

  it('are read as their certificates alone', () => {
    const files = { [PATH]: `# comment\n${certificate}\n# another\n${certificate}\n` }
    const config = configOf({ STS_ISSUER_CA_FILE: PATH, SSL_CERT_FILE: PATH }, files)
    assert.equal(config.issuers.certificateAuthorities, `${certificate}\n${certificate}\n`)
    assert.equal(config.github.certificateAuthorities, `${certificate}\n${certificate}\n`)
  })

  const broken: readonly (readonly [name: string, change: (text: string) => string])[] = [
    ['no certificate', () => 'hello'],
    ['a certificate without an end', (text) => `${text}\n${text.slice(0, 200)}`],
    ['a certificate that cannot be read', (text) => `${text}\n${text.replace(/\n.{32}/, '\nAAAA')}`],
    ['a private key instead', (text) => text.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
  ]
  for (const [name, change] of broken) {
    for (const variable of ['STS_ISSUER_CA_FILE', 'SSL_CERT_FILE']) {
      it(`are refused with ${name} in ${variable}`, () => {
        const errors = errorsOf({ [variable]: PATH }, { [PATH]: change(certificate) })
        assert.deepEqual(
          errors.map((error) => error.variable),
          [variable],
        )
      })
    }
  }
})
