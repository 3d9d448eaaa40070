import type { Diagnostic, Position } from '../document/diagnostic.ts'
import { createFindings } from '../document/findings.ts'
import { readIssuerList } from '../issuer-list.ts'
import { readTrustPolicy } from '../trust-policy-reader.ts'
import type { PolicyLevel } from '../trust-policy.ts'
import { differenceOfError } from './octo-sts-cause.ts'
import { OCTO_STS_DIFFERENCES, type OctoStsCode } from './octo-sts-difference.ts'
import { readOctoStsDocument } from './octo-sts-document.ts'
import { modelOctoStsIssuerList } from './octo-sts-issuer-list.ts'
import { createOctoStsModel, type OctoStsModel } from './octo-sts-model.ts'
import { targetOf } from './octo-sts-node.ts'
import { modelOctoStsPolicy } from './octo-sts-policy.ts'

export interface OctoStsComparisonOptions {
  /** What the document is, and where it was read from. */
  readonly level: PolicyLevel | 'issuer-list'
  /** Whether this service takes `http` issuers on the loopback. Default: false. */
  readonly allowLoopback?: boolean
}

/** What octo-sts and this service make of one document. */
export interface OctoStsComparison {
  /** Whether octo-sts takes the document, before GitHub sees what it asks for. */
  readonly octoSts: 'accepts' | 'rejects'
  readonly here: 'valid' | 'invalid'
  /** In the order of the document. Codes are those of `OCTO_STS_DIFFERENCES`. Empty where both refuse it. */
  readonly differences: readonly Diagnostic[]
}

/**
 * Tells a team that moves from octo-sts what of a document does not move with it.
 *
 * Compared with octo-sts of commit cb87fc1 (August 2026: Go 1.26, sigs.k8s.io/yaml 1.6.0, go-github 88), at the
 * defaults of this service. When octo-sts takes what is invalid here, there is at least one error. Where the model
 * cannot tell what octo-sts does, it says `accepts` and reports `octo_sts_not_checked`: a false alarm, never a silence.
 * Reading here ends at the first YAML construct that is not allowed, so mending one can bring up the next.
 *
 * It is about documents. What depends on the token is not told: claims that are numbers or lists match here and never
 * there; values of more than 1,024 characters the other way around.
 *
 * Never throws, and takes bounded time, as `readTrustPolicy`.
 *
 * @see https://github.com/octo-sts/app
 */
export function compareWithOctoSts(
  document: Uint8Array | string,
  { level, allowLoopback = false }: OctoStsComparisonOptions,
): OctoStsComparison {
  const model = modelOctoSts(document, level)
  const read =
    level === 'issuer-list'
      ? readIssuerList(document, { allowLoopback })
      : readTrustPolicy(document, { level })
  const octoSts = model.refusals.length > 0 ? 'rejects' : 'accepts'
  const here = read.ok ? 'valid' : 'invalid'
  if (octoSts === 'rejects' && here === 'invalid') return { octoSts, here, differences: [] }
  if (octoSts === 'rejects') return { octoSts, here, differences: listRefusals(model) }
  const errors = read.ok ? [] : read.diagnostics.filter(({ severity }) => severity === 'error')
  return { octoSts, here, differences: listDifferences(model, errors) }
}

function modelOctoSts(source: Uint8Array | string, level: OctoStsComparisonOptions['level']): OctoStsModel {
  const model = createOctoStsModel()
  const document = readOctoStsDocument(source)
  if (document.kind === 'document') {
    const root = targetOf(document.root)
    if (root.kind !== 'map') refuse(root.position, model)
    else if (level === 'issuer-list') modelOctoStsIssuerList(root, model)
    else modelOctoStsPolicy(root, level, model)
  } else if (document.kind === 'rejects') refuse(document.position, model, document.code)
  else model.doubts.push(document.position)
  return model
}

function refuse(position: Position, model: OctoStsModel, code?: OctoStsCode): void {
  model.refusals.push({ code: code ?? 'octo_sts_refuses_document', position })
}

function listRefusals({ refusals }: OctoStsModel): readonly Diagnostic[] {
  const differences = createDifferences()
  for (const { code, subject, position } of refusals) differences.add(code, position, { subject })
  return differences.list()
}

/** What octo-sts takes, with the errors that it has here. */
function listDifferences(model: OctoStsModel, errors: readonly Diagnostic[]): readonly Diagnostic[] {
  const differences = createDifferences()
  for (const { code, subject, position } of model.meanings) differences.add(code, position, { subject })
  for (const error of errors) {
    const code = differenceOfError(error.code)
    if (code !== undefined) differences.add(code, error, { error })
  }
  const [firstError] = errors
  const doubt = firstError === undefined ? 'octo_sts_may_refuse' : 'octo_sts_not_checked'
  for (const position of model.doubts) {
    if (!differences.hasErrorAt(position)) differences.add(doubt, position, {})
  }
  if (firstError !== undefined && !differences.hasErrors()) {
    differences.add('octo_sts_not_checked', firstError, { error: firstError })
  }
  return differences.list()
}

interface About {
  /** The name or value that it is about. */
  readonly subject?: string | undefined
  /** The error that it is here. */
  readonly error?: Diagnostic
}

interface Differences {
  add(code: OctoStsCode, position: Position, about: About): void
  hasErrorAt(position: Position): boolean
  hasErrors(): boolean
  list(): readonly Diagnostic[]
}

/** Each difference once for its place. */
function createDifferences(): Differences {
  const findings = createFindings()
  const seen = new Set<string>()
  const errorPlaces = new Set<string>()
  return {
    add(code, position, { subject, error }) {
      const place = placeOf(position)
      if (seen.has(`${code} ${place}`)) return
      seen.add(`${code} ${place}`)
      const { severity, there, write } = OCTO_STS_DIFFERENCES[code]
      const about = subject === undefined ? '' : `${subject}: `
      const here = error === undefined ? '' : `; here: ${error.message}`
      const message = `${about}octo-sts ${there}${here}; write ${write}`
      if (severity === 'warning') findings.warn(code, message, position)
      else {
        errorPlaces.add(place)
        findings.error(code, message, position)
      }
    },
    hasErrorAt: (position) => errorPlaces.has(placeOf(position)),
    hasErrors: () => findings.hasErrors(),
    list: () => findings.list(),
  }
}

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`
}
