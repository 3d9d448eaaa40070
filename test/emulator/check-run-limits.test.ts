import assert from 'node:assert/strict'
import test from 'node:test'
import { listOf, startChecksGitHub } from './support/checks.ts'

const annotation = {
  path: 'README.md',
  start_line: 1,
  end_line: 1,
  annotation_level: 'warning',
  message: 'm',
}
const many = (count: number): readonly unknown[] => Array.from({ length: count }, () => annotation)
const output = { title: 't', summary: 's' }
const action = { label: 'l', description: 'd', identifier: 'i' }
/** Two bytes, one character. */
const WIDE = 'é'
const KIB = 1024

const accepted: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['50 annotations', { output: { ...output, annotations: many(50) } }],
  ['a summary of 65,535 bytes', { output: { ...output, summary: WIDE.repeat(32_767) + 'x' } }],
  ['a text of 65,535 bytes', { output: { ...output, text: 'x'.repeat(65_535) } }],
  ['columns on one line', withAnnotation({ start_column: 1, end_column: 1 })],
  ['an annotation of several lines', withAnnotation({ end_line: 3 })],
  ['an annotation title of 255 characters', withAnnotation({ title: WIDE.repeat(255) })],
  ['a message of 64 KiB', withAnnotation({ message: 'x'.repeat(64 * KIB) })],
  ['raw details of 64 KiB', withAnnotation({ raw_details: WIDE.repeat(32 * KIB) })],
  ['three actions of full size', { actions: [1, 2, 3].map(() => sizedAction(20, 40, 20)) }],
  ['a conclusion without a status', { conclusion: 'success' }],
  ['member names that mean nothing', { mood: 'good' }],
]

for (const [what, body] of accepted) {
  test(`takes ${what}`, async (t) => {
    const { createRun } = await startChecksGitHub(t)
    assert.equal((await createRun(body)).status, 201)
  })
}

const invalidAnnotations = { resource: 'CheckRun', code: 'invalid', field: 'annotations' }
const noConclusion = { resource: 'CheckRun', code: 'missing_field', field: 'conclusion' }

const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, string | object])[] = [
  [
    '51 annotations',
    { output: { ...output, annotations: many(51) } },
    'No more than 50 items are allowed; 51 were supplied.',
  ],
  [
    'a summary of 65,536 bytes in fewer characters',
    { output: { ...output, summary: WIDE.repeat(32_768) } },
    {
      resource: 'CheckRun',
      code: 'custom',
      field: 'summary',
      message: 'summary exceeds a maximum bytesize of 65535',
    },
  ],
  [
    'a text of 65,536 bytes in fewer characters',
    { output: { ...output, text: WIDE.repeat(32_768) } },
    {
      resource: 'CheckRun',
      code: 'custom',
      field: 'text',
      message: 'text exceeds a maximum bytesize of 65535',
    },
  ],
  [
    'a summary of 65,536 characters',
    { output: { ...output, summary: 'x'.repeat(65_536) } },
    'Only 65535 characters are allowed; 65536 were supplied.',
  ],
  ['a summary without a title', { output: { summary: 's' } }, '"title" wasn\'t supplied.'],
  ['a title without a summary', { output: { title: 't' } }, '"summary" wasn\'t supplied.'],
  ['an annotation without a message', withAnnotation({ message: undefined }), '"message" wasn\'t supplied.'],
  ['an annotation without a path', withAnnotation({ path: undefined }), '"path" wasn\'t supplied.'],
  [
    'an annotation without a start',
    withAnnotation({ start_line: undefined }),
    '"start_line" wasn\'t supplied.',
  ],
  ['an annotation without an end', withAnnotation({ end_line: undefined }), '"end_line" wasn\'t supplied.'],
  [
    'an annotation without a level',
    withAnnotation({ annotation_level: undefined }),
    '"annotation_level" wasn\'t supplied.',
  ],
  [
    'a level that does not exist',
    withAnnotation({ annotation_level: 'error' }),
    'For \'properties/output/annotations/0/annotation_level\', "error" is not a member of ["notice","warning","failure"].',
  ],
  [
    'columns over several lines',
    withAnnotation({ end_line: 2, start_column: 1, end_column: 2 }),
    invalidAnnotations,
  ],
  ['a start column without an end', withAnnotation({ start_column: 1 }), invalidAnnotations],
  ['columns that go backwards', withAnnotation({ start_column: 2, end_column: 1 }), invalidAnnotations],
  ['lines that go backwards', withAnnotation({ start_line: 2 }), invalidAnnotations],
  ['line 0', withAnnotation({ start_line: 0 }), invalidAnnotations],
  ['an annotation title of 256 characters', withAnnotation({ title: 'x'.repeat(256) }), invalidAnnotations],
  ['a message over 64 KiB', withAnnotation({ message: WIDE.repeat(32 * KIB) + 'x' }), invalidAnnotations],
  ['raw details over 64 KiB', withAnnotation({ raw_details: 'x'.repeat(64 * KIB + 1) }), invalidAnnotations],
  ['an empty message', withAnnotation({ message: '' }), invalidAnnotations],
  ['a completed run without a conclusion', { status: 'completed' }, noConclusion],
  ['a time of completion without a conclusion', { completed_at: '2026-09-01T12:00:00Z' }, noConclusion],
  [
    'a conclusion that only GitHub draws',
    { conclusion: 'stale' },
    /^For 'properties\/conclusion', "stale" is not a member of /,
  ],
  [
    'a status that only GitHub gives',
    { status: 'waiting' },
    /^For 'properties\/status', "waiting" is not a member/,
  ],
  [
    'four actions',
    { actions: [1, 2, 3, 4].map(() => action) },
    'No more than 3 items are allowed; 4 were supplied.',
  ],
  [
    'a label of 21 characters',
    { actions: [sizedAction(21, 1, 1)] },
    'Only 20 characters are allowed; 21 were supplied.',
  ],
  [
    'a description of 41 characters',
    { actions: [sizedAction(1, 41, 1)] },
    'Only 40 characters are allowed; 41 were supplied.',
  ],
  [
    'an identifier of 21 characters',
    { actions: [sizedAction(1, 1, 21)] },
    'Only 20 characters are allowed; 21 were supplied.',
  ],
  ['no name', { name: undefined }, '"name" wasn\'t supplied.'],
  ['an empty name', { name: '' }, { resource: 'CheckRun', code: 'missing_field', field: 'name' }],
  ['a name that is no text', { name: 1 }, "For 'properties/name', 1 is not a string."],
  ['no commit', { head_sha: undefined }, '"head_sha" wasn\'t supplied.'],
  ['an output that is no object', { output: null }, "For 'properties/output', nil is not an object."],
  [
    'annotations that are no list',
    { output: { ...output, annotations: {} } },
    "For 'properties/output/annotations', {} is not an array.",
  ],
  [
    'a line that is no whole number',
    withAnnotation({ start_line: 1.5 }),
    "For 'properties/output/annotations/0/start_line', 1.5 is not an integer.",
  ],
  [
    'a time without a zone',
    { started_at: '2026-09-01T12:00:00' },
    'For \'properties/started_at\', "2026-09-01T12:00:00" is not a valid date-time.',
  ],
  [
    'details at no web address',
    { details_url: 'javascript:alert(1)' },
    {
      resource: 'CheckRun',
      code: 'custom',
      field: 'details_url',
      message: 'details_url must use the http or https scheme',
    },
  ],
]

for (const [what, body, expected] of refused) {
  test(`refuses ${what}`, async (t) => {
    const { createRun, ask, token, sha } = await startChecksGitHub(t)
    const { status, json } = await createRun(body)
    assert.equal(status, 422)
    const message = String(json['message'])
    if (expected instanceof RegExp) assert.match(message.replace('Invalid request.\n\n', ''), expected)
    else if (typeof expected === 'string') assert.equal(message, `Invalid request.\n\n${expected}`)
    else assert.deepEqual([message, json['errors']], ['Validation Failed', [expected]])
    const listed = await ask('GET', `/repos/acme/app/commits/${sha}/check-runs`, { token })
    assert.deepEqual(listOf(listed, 'check_runs'), [])
  })
}

test('holds an update to the same limits, and changes nothing when it refuses', async (t) => {
  const { createRun, updateRun, ask, token } = await startChecksGitHub(t)
  const { json } = await createRun({ output })
  for (const body of [
    { name: 'other', output: { ...output, annotations: many(51) } },
    { name: 'other', output: { ...output, summary: WIDE.repeat(32_768) } },
    { name: 'other', output: { summary: 's' } },
    { name: 'other', status: 'completed' },
  ]) {
    assert.equal((await updateRun(json['id'], body)).status, 422)
  }
  const path = new URL(String(json['url'])).pathname
  assert.deepEqual((await ask('GET', path, { token })).json, json)
})

function withAnnotation(change: Readonly<Record<string, unknown>>) {
  return { output: { ...output, annotations: [{ ...annotation, ...change }] } }
}

function sizedAction(label: number, description: number, identifier: number) {
  return {
    label: WIDE.repeat(label),
    description: 'x'.repeat(description),
    identifier: 'x'.repeat(identifier),
  }
}
