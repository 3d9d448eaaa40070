import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CODE_OF_REASON, MESSAGES, mismatchDenial, type ErrorCode } from '#pkg/errors'
import { errorJson, grpcStatusOf, httpStatusOf, wireErrorOf } from '#pkg/wire'
import { codeSpansOf, fencesOf, readPage, sectionOf } from './support/page.ts'

const page = readPage('docs/errors.md')
const codes = Object.keys(MESSAGES) as ErrorCode[]

describe('docs/errors.md', () => {
  it('has a section for each code, in the order of the code, and for nothing else', () => {
    const sections = sectionOf(page, '## Codes and reasons').matchAll(/^### (.+)$/gm)
    assert.deepEqual(
      Array.from(sections, ([, code]) => code),
      codes,
    )
    assert.match(page, new RegExp(`one of ${codes.length} \\*\\*codes\\*\\*`))
  })

  for (const code of codes) {
    const section = sectionOf(page, `### ${code}`)

    it(`gives the status and the message of ${code}`, () => {
      assert.ok(section.includes(`\n\`${grpcStatusOf(code)}\`, HTTP ${httpStatusOf(code)}.\n`))
      assert.ok(section.includes(`\n> ${MESSAGES[code]}\n`))
    })

    it(`has an entry for each reason of ${code}, and for no other`, () => {
      const entries = section.matchAll(/^- `([a-z_]+)` \((?:[a-z]+, )*[a-z]+\): ./gm)
      const reasons = Object.entries(CODE_OF_REASON).filter(([, of]) => of === code)
      assert.deepEqual(
        Array.from(entries, ([, reason]) => reason).sort(),
        reasons.map(([reason]) => reason).sort(),
      )
    })
  }

  it('says of each code when to ask again, or counts it among the others', () => {
    const named = codeSpansOf(sectionOf(page, '## When to ask again')).filter((code) => /^[A-Z]/.test(code))
    const unknown = named.filter((code) => !Object.hasOwn(MESSAGES, code) && !code.startsWith('STS_'))
    assert.deepEqual(unknown, [])
  })

  it('shows an answer as it is sent', () => {
    const shown = JSON.parse(fencesOf(page).find(({ info }) => info === 'json')?.text ?? '') as unknown
    const denial = mismatchDenial({ field: 'subject', actual: 'repo:acme/app:pull_request' })
    const requestId = '4b7e2c1a-93d5-4c8f-8a55-0d7c1b1f6e21'
    assert.deepEqual(shown, errorJson(wireErrorOf(denial, { requestId, domain: 'sts.example.com' })))
  })
})
