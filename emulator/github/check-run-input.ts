import type { Answer } from '../http/message.ts'
import { customErrorAnswer } from './custom-error.ts'
import { errorAnswer, validationAnswer } from './error-answer.ts'
import { ANNOTATION_LEVELS, CHECK_CONCLUSIONS, CHECK_STATUSES } from './model/check-output.ts'
import type {
  CheckAction,
  CheckAnnotation,
  CheckConclusion,
  CheckOutput,
  CheckStatus,
} from './model/check-output.ts'
import { complaintAbout } from './request-schema.ts'
import type { RequestSchema } from './request-schema.ts'
import { isObject } from './route.ts'
import type { RoutedRequest } from './route.ts'

// Limits: https://docs.github.com/rest/checks/runs#create-a-check-run
const ANNOTATIONS_MAX = 50
const ACTIONS_MAX = 3
const ACTION_LABEL_MAX = 20
const ACTION_DESCRIPTION_MAX = 40
const ACTION_IDENTIFIER_MAX = 20
const ANNOTATION_TITLE_MAX = 255
const ANNOTATION_TEXT_MAX_BYTES = 64 * 1024
/** Of `summary` and of `text`. The description says characters; what counts as well is bytes: github/docs#35252 */
const OUTPUT_TEXT_MAX = 65_535

const TEXT: RequestSchema = { type: 'string' }
const INTEGER: RequestSchema = { type: 'integer' }
const TIME: RequestSchema = { type: 'string', format: 'date-time' }

const ANNOTATION: RequestSchema = {
  type: 'object',
  properties: {
    path: TEXT,
    start_line: INTEGER,
    end_line: INTEGER,
    start_column: INTEGER,
    end_column: INTEGER,
    annotation_level: { type: 'string', oneOf: ANNOTATION_LEVELS },
    message: TEXT,
    title: TEXT,
    raw_details: TEXT,
  },
  required: ['path', 'start_line', 'end_line', 'annotation_level', 'message'],
}

const ACTION: RequestSchema = {
  type: 'object',
  properties: {
    label: { type: 'string', maxLength: ACTION_LABEL_MAX },
    description: { type: 'string', maxLength: ACTION_DESCRIPTION_MAX },
    identifier: { type: 'string', maxLength: ACTION_IDENTIFIER_MAX },
  },
  required: ['label', 'description', 'identifier'],
}

const PROPERTIES: Readonly<Record<string, RequestSchema>> = {
  name: TEXT,
  head_sha: TEXT,
  details_url: TEXT,
  external_id: TEXT,
  status: { type: 'string', oneOf: CHECK_STATUSES },
  started_at: TIME,
  conclusion: { type: 'string', oneOf: CHECK_CONCLUSIONS },
  completed_at: TIME,
  output: {
    type: 'object',
    properties: {
      title: TEXT,
      summary: { type: 'string', maxLength: OUTPUT_TEXT_MAX },
      text: { type: 'string', maxLength: OUTPUT_TEXT_MAX },
      annotations: { type: 'array', items: ANNOTATION, maxItems: ANNOTATIONS_MAX },
    },
    required: ['title', 'summary'],
  },
  actions: { type: 'array', items: ACTION, maxItems: ACTIONS_MAX },
}

/** What a request says of a check run. What it does not mention is undefined. */
export interface CheckRunInput {
  readonly name: string | undefined
  readonly headSha: string | undefined
  readonly detailsUrl: string | undefined
  readonly externalId: string | undefined
  /** Completed, where there is a conclusion. */
  readonly status: CheckStatus | undefined
  readonly conclusion: CheckConclusion | undefined
  /** ms since the epoch. */
  readonly startedAt: number | undefined
  readonly completedAt: number | undefined
  readonly output: CheckOutput | undefined
  readonly annotations: readonly CheckAnnotation[]
  readonly actions: readonly CheckAction[] | undefined
}

/** The input, or GitHub's answer to one that is wrong. */
export type CheckRunReading =
  { readonly ok: true; readonly input: CheckRunInput } | { readonly ok: false; readonly answer: Answer }

/** Reads the body of a request that makes or changes a check run. */
export function readCheckRun(
  { body, route: { docs } }: RoutedRequest,
  required: readonly string[],
): CheckRunReading {
  const complaint = complaintAbout(body, { type: 'object', properties: PROPERTIES, required }, '')
  if (complaint !== undefined) {
    return { ok: false, answer: errorAnswer(422, `Invalid request.\n\n${complaint}`, docs) }
  }
  const output = isObject(body['output']) ? body['output'] : undefined
  const conclusion = CHECK_CONCLUSIONS.find((one) => one === body['conclusion'])
  const status = CHECK_STATUSES.find((one) => one === body['status'])
  const input: CheckRunInput = {
    name: textAt(body, 'name'),
    headSha: textAt(body, 'head_sha'),
    detailsUrl: textAt(body, 'details_url'),
    externalId: textAt(body, 'external_id'),
    status: conclusion === undefined ? status : 'completed',
    conclusion,
    startedAt: timeAt(body, 'started_at'),
    completedAt: timeAt(body, 'completed_at'),
    output: output && {
      title: textAt(output, 'title') ?? null,
      summary: textAt(output, 'summary') ?? null,
      text: textAt(output, 'text') ?? null,
    },
    annotations: listAt(output, 'annotations').map(annotationOf),
    actions: Array.isArray(body['actions']) ? listAt(body, 'actions').map(actionOf) : undefined,
  }
  const answer = refusal(input, docs)
  return answer === undefined ? { ok: true, input } : { ok: false, answer }
}

/** What the shape of a request does not tell. */
function refusal(input: CheckRunInput, docs: string): Answer | undefined {
  const invalid = (field: string, code: 'invalid' | 'missing_field'): Answer =>
    validationAnswer([{ resource: 'CheckRun', code, field }], docs)
  const custom = (field: string, message: string): Answer =>
    customErrorAnswer({ resource: 'CheckRun', field, message }, docs)
  if (input.name === '') return invalid('name', 'missing_field')
  const concluded = input.status === 'completed' || input.completedAt !== undefined
  if (concluded && input.conclusion === undefined) return invalid('conclusion', 'missing_field')
  if (input.detailsUrl !== undefined && !/^https?:\/\//i.test(input.detailsUrl)) {
    return custom('details_url', 'details_url must use the http or https scheme')
  }
  for (const field of ['summary', 'text'] as const) {
    if (Buffer.byteLength(input.output?.[field] ?? '') > OUTPUT_TEXT_MAX) {
      return custom(field, `${field} exceeds a maximum bytesize of ${OUTPUT_TEXT_MAX}`)
    }
  }
  return input.annotations.every(isSound) ? undefined : invalid('annotations', 'invalid')
}

function isSound(annotation: CheckAnnotation): boolean {
  const { path, startLine, endLine, startColumn, endColumn, message, title, rawDetails } = annotation
  return (
    path !== '' &&
    message !== '' &&
    startLine >= 1 &&
    endLine >= startLine &&
    (startColumn === null || endColumn === null
      ? startColumn === endColumn
      : startLine === endLine && startColumn >= 1 && endColumn >= startColumn) &&
    Array.from(title ?? '').length <= ANNOTATION_TITLE_MAX &&
    Buffer.byteLength(message) <= ANNOTATION_TEXT_MAX_BYTES &&
    Buffer.byteLength(rawDetails ?? '') <= ANNOTATION_TEXT_MAX_BYTES
  )
}

type Members = Readonly<Record<string, unknown>>

function annotationOf(value: Members): CheckAnnotation {
  return {
    path: textAt(value, 'path') ?? '',
    startLine: numberAt(value, 'start_line') ?? 0,
    endLine: numberAt(value, 'end_line') ?? 0,
    startColumn: numberAt(value, 'start_column') ?? null,
    endColumn: numberAt(value, 'end_column') ?? null,
    level: ANNOTATION_LEVELS.find((level) => level === value['annotation_level']) ?? 'notice',
    message: textAt(value, 'message') ?? '',
    title: textAt(value, 'title') ?? null,
    rawDetails: textAt(value, 'raw_details') ?? null,
  }
}

function actionOf(value: Members): CheckAction {
  return {
    label: textAt(value, 'label') ?? '',
    description: textAt(value, 'description') ?? '',
    identifier: textAt(value, 'identifier') ?? '',
  }
}

function listAt(value: Members | undefined, name: string): readonly Members[] {
  const list: unknown = value?.[name]
  return Array.isArray(list) ? list.filter(isObject) : []
}

function textAt(value: Members, name: string): string | undefined {
  const text = value[name]
  return typeof text === 'string' ? text : undefined
}

function numberAt(value: Members, name: string): number | undefined {
  const number = value[name]
  return typeof number === 'number' ? number : undefined
}

function timeAt(value: Members, name: string): number | undefined {
  const text = textAt(value, name)
  return text === undefined ? undefined : Date.parse(text)
}
