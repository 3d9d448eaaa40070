import { jsonAnswer } from '../http/message.ts'
import type { Answer } from '../http/message.ts'

/** A complaint in words, about a field or the whole of a request. */
export interface CustomError {
  readonly resource: string
  readonly field?: string
  readonly message: string
}

/** 422 with a complaint that no code of GitHub's says. */
export function customErrorAnswer(error: CustomError, documentationUrl: string): Answer {
  return jsonAnswer(422, {
    message: 'Validation Failed',
    errors: [{ ...error, code: 'custom' }],
    documentation_url: documentationUrl,
    status: '422',
  })
}
