import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/** One answer, and the operation it is an answer of. */
export interface CheckedAnswer {
  /** Operation id, or undefined where the emulator knows no route. */
  readonly operation: string | undefined
  readonly method: string
  /** Path as sent, without query. */
  readonly path: string
  readonly accept: string
  readonly status: number
  readonly contentType: string
  readonly body: string
}

type Json = Readonly<Record<string, unknown>>

interface Operation {
  readonly method: string
  readonly path: string
  readonly responses: Json
}

const description: Json = objectAt(
  JSON.parse(
    readFileSync(
      createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'),
      'utf8',
    ),
  ),
)
/** Schemas to use instead of the description's own. */
const CORRECTIONS: Readonly<Record<string, unknown>> = {
  // Described there in line, with an account that is a user and an enterprise at once, which no answer can be.
  'apps/list-installations 200': { type: 'array', items: { $ref: '#/components/schemas/installation' } },
  // Left out there, though GitHub names the field: https://github.com/github/docs/issues/35252
  'checks/create 422': { $ref: '#/components/schemas/validation-error' },
  'checks/update 422': { $ref: '#/components/schemas/validation-error' },
}

const operations = readOperations()
const validators = new Map<string, ValidateFunction>()
const ajv = new Ajv({ strict: false, allErrors: false })
addFormats.default(ajv)

/** Fails unless GitHub's own OpenAPI description allows the answer. An error it does not list must be a basic one. */
export function assertDescribed(answer: CheckedAnswer): void {
  const { operation: id, status } = answer
  const operation = id === undefined ? undefined : operations.get(id)
  if (id !== undefined) {
    assert.ok(operation, `GitHub has no operation ${id}`)
    assert.equal(answer.method, operation.method, id)
    assertPath(answer.path, operation.path)
  }
  const response = resolve(operation?.responses[String(status)])
  if (response === undefined)
    assert.ok(status >= 300, `GitHub does not answer ${id ?? 'this'} with ${status}`)
  if (status === 204 || status === 304) {
    assert.equal(answer.body, '')
    return
  }
  if (answer.contentType.startsWith('application/vnd.github.raw')) return
  assert.equal(answer.contentType, 'application/json; charset=utf-8')
  const media = objectAt(response?.['content'])
  const described = objectAt(
    answer.accept.includes('github.object')
      ? media['application/vnd.github.object']
      : media['application/json'],
  )
  const key = `${id ?? ''} ${status}`
  const schema = CORRECTIONS[key] ?? described['schema'] ?? { $ref: '#/components/schemas/basic-error' }
  const validate = validatorOf(`${key} ${answer.accept}`, schema)
  const value = withoutErrorStatus(JSON.parse(answer.body), status)
  assert.ok(
    validate(value),
    `${id ?? answer.path} ${status}: ${ajv.errorsText(validate.errors)}\n${answer.body}`,
  )
}

/** Fails unless GitHub's own OpenAPI description allows the payload of a webhook: `push`, or `check_run completed`. */
export function assertWebhookDescribed(webhook: string, payload: unknown): void {
  const name = `webhook-${webhook.replace(' ', '-').replaceAll('_', '-')}`
  const validate = validatorOf(name, { $ref: `#/components/schemas/${name}` })
  assert.ok(validate(payload), `${webhook}: ${ajv.errorsText(validate.errors)}`)
}

/** GitHub repeats the status in the body of every error; its description of validation errors leaves that out. */
function withoutErrorStatus(value: unknown, status: number): unknown {
  if (status < 400) return value
  const { status: repeated, ...rest } = objectAt(value)
  assert.equal(repeated, String(status))
  return rest
}

function assertPath(path: string, template: string): void {
  if (path.startsWith('/repositories/')) return
  const pattern = template.replace('/{path}', '(/.*)?').replace(/\{\w+\}/g, '[^/]+')
  assert.match(path, new RegExp(`^${pattern}$`))
}

function readOperations(): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>()
  for (const [path, methods] of Object.entries(objectAt(description['paths']))) {
    for (const [method, value] of Object.entries(objectAt(methods))) {
      const operation = objectAt(value)
      found.set(String(operation['operationId']), {
        method: method.toUpperCase(),
        path,
        responses: objectAt(operation['responses']),
      })
    }
  }
  return found
}

function validatorOf(key: string, schema: unknown): ValidateFunction {
  const known = validators.get(key)
  if (known !== undefined) return known
  const definitions: Record<string, unknown> = {}
  const root = toJsonSchema(schema, definitions, true)
  const validate = ajv.compile({ ...objectAt(root), definitions })
  validators.set(key, validate)
  return validate
}

/**
 * OpenAPI 3.0's dialect as JSON Schema: `nullable`, and references to where ajv finds them. Objects are closed, unless
 * they are a part of an `allOf`, so that a member with a wrong name is seen.
 */
function toJsonSchema(schema: unknown, definitions: Record<string, unknown>, closed: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((item) => toJsonSchema(item, definitions, closed))
  if (typeof schema !== 'object' || schema === null) return schema
  const source = objectAt(schema)
  if (typeof source['$ref'] === 'string') {
    const name = `${source['$ref'].split('/').at(-1) ?? ''}${closed ? '' : '-open'}`
    if (!(name in definitions)) {
      definitions[name] = true
      definitions[name] = toJsonSchema(resolve(source), definitions, closed)
    }
    return { $ref: `#/definitions/${name}` }
  }
  const converted: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(source)) {
    if (['nullable', 'example', 'examples', 'discriminator', 'default'].includes(keyword)) continue
    if (keyword === 'enum') converted[keyword] = value
    else if (keyword === 'properties') {
      converted[keyword] = Object.fromEntries(
        Object.entries(objectAt(value)).map(([name, member]) => [
          name,
          toJsonSchema(member, definitions, true),
        ]),
      )
    } else {
      // Some alternatives of a `oneOf` have no required member, so that one error is several of them.
      const name = keyword === 'oneOf' ? 'anyOf' : keyword
      converted[name] = toJsonSchema(value, definitions, keyword !== 'allOf' && closed)
    }
  }
  if (closed && converted['properties'] !== undefined) converted['additionalProperties'] ??= false
  return source['nullable'] === true ? { anyOf: [converted, { type: 'null' }] } : converted
}

/** Follows a reference into the description. */
function resolve(value: unknown): Json | undefined {
  if (value === undefined) return undefined
  const { $ref } = objectAt(value)
  if (typeof $ref !== 'string') return objectAt(value)
  let found: unknown = description
  for (const step of $ref.split('/').slice(1)) found = objectAt(found)[step]
  return objectAt(found)
}

function objectAt(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
