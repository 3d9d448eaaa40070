import { jsonAnswer } from '../http/message.ts'
import type { Answer } from '../http/message.ts'

/** Where GitHub's errors point when they belong to no operation. */
const REST_DOCS = 'https://docs.github.com/rest'

/** An error in GitHub's form. */
export function errorAnswer(
  status: number,
  message: string,
  documentationUrl: string = REST_DOCS,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return jsonAnswer(status, { message, documentation_url: documentationUrl, status: String(status) }, headers)
}

/** One complaint about a field of a request body. */
export interface FieldError {
  readonly resource: string
  readonly field: string
  readonly code: 'missing' | 'missing_field' | 'invalid'
}

/** 422 with the fields at fault. */
export function validationAnswer(errors: readonly FieldError[], documentationUrl: string): Answer {
  return jsonAnswer(422, {
    message: 'Validation Failed',
    errors,
    documentation_url: documentationUrl,
    status: '422',
  })
}

/** The answer for what is missing and for what the caller may not know of. */
export function notFound(documentationUrl?: string): Answer {
  return errorAnswer(404, 'Not Found', documentationUrl)
}

/** The answer for what the caller can see but may not do. */
export function notAccessible(documentationUrl?: string): Answer {
  return errorAnswer(403, 'Resource not accessible by integration', documentationUrl)
}
