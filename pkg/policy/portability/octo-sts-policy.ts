import type { Position } from '../document/diagnostic.ts'
import { quoted } from '../document/quotation.ts'
import { POLICY_FIELDS, isPolicyFieldName } from '../policy-field.ts'
import type { PolicyLevel } from '../trust-policy.ts'
import { createCompileBudget, readOctoStsExpression, type CompileBudget } from './octo-sts-expression.ts'
import { readOctoStsMap, type OctoStsEntry } from './octo-sts-map.ts'
import type { OctoStsModel } from './octo-sts-model.ts'
import type { OctoStsMap } from './octo-sts-node.ts'
import { OCTO_STS_PERMISSIONS } from './octo-sts-permissions.ts'
import {
  foldName,
  readOctoStsTextList,
  readOctoStsTextValue,
  refuseType,
  type NumberRule,
} from './octo-sts-text-value.ts'

const TEXT_FIELDS = ['issuer', 'subject', 'audience'] as const

type TextField = (typeof TEXT_FIELDS)[number] | `${(typeof TEXT_FIELDS)[number]}_pattern`

interface PlacedText {
  readonly text: string
  readonly position: Position
}

/** A policy as octo-sts has it, which is without what is null. */
interface Draft {
  readonly texts: Map<TextField, PlacedText>
  readonly claims: Map<string, PlacedText>
  readonly permissions: Set<string>
  permissionsAt: Position
  /** Undefined where there is no such field. */
  repositories: { readonly names: readonly string[]; readonly position: Position } | undefined
}

/** Reads a policy as octo-sts does: `UnmarshalStrict` of sigs.k8s.io/yaml, then `Compile`. */
export function modelOctoStsPolicy(root: OctoStsMap, level: PolicyLevel, model: OctoStsModel): void {
  const draft: Draft = {
    texts: new Map(),
    claims: new Map(),
    permissions: new Set(),
    permissionsAt: root.position,
    repositories: undefined,
  }
  const entries = readOctoStsMap(root, model)
  if (entries === undefined) return
  for (const entry of entries) readField(entry, { level, model, draft })
  compile(draft, root.position, model)
}

interface Reading {
  readonly level: PolicyLevel
  readonly model: OctoStsModel
  readonly draft: Draft
}

function readField(entry: OctoStsEntry, { level, model, draft }: Reading): void {
  const name = foldName(entry.name)
  const numbers: NumberRule = level === 'organization' ? 'are_refused' : 'become_text'
  const { position, value } = entry
  if (isTextField(name)) {
    const text = readOctoStsTextValue(value, numbers, model)
    if (typeof text === 'string') draft.texts.set(name, { text, position: value.position })
  } else if (name === 'claim_pattern') {
    readClaims(value, numbers, model, draft)
  } else if (name === 'permissions') {
    draft.permissionsAt = position
    readPermissions(value, numbers, model, draft)
  } else if (name === 'repositories' && level === 'organization') {
    const names = readOctoStsTextList(value, draft.repositories?.names ?? [], model)
    draft.repositories = { names, position }
  } else {
    const isExtension = isPolicyFieldName(entry.name) && POLICY_FIELDS[entry.name].extension === true
    const code = isExtension ? 'octo_sts_extension_field' : 'octo_sts_refuses_document'
    model.refusals.push({ code, subject: quoted(entry.name), position })
  }
}

function isTextField(name: string): name is TextField {
  return TEXT_FIELDS.some((field) => name === field || name === `${field}_pattern`)
}

function readClaims(
  value: OctoStsEntry['value'],
  numbers: NumberRule,
  model: OctoStsModel,
  draft: Draft,
): void {
  if (value.kind === 'scalar' && value.type === 'null') draft.claims.clear()
  for (const claim of entriesOf(value, model)) {
    // Under the name of a field of text, octo-sts believes to read that field.
    const rule = isTextField(foldName(claim.name)) ? 'become_text' : numbers
    const text = readOctoStsTextValue(claim.value, rule, model)
    if (text !== undefined) draft.claims.set(claim.name, { text: text ?? '', position: claim.value.position })
  }
}

function readPermissions(
  value: OctoStsEntry['value'],
  numbers: NumberRule,
  model: OctoStsModel,
  draft: Draft,
): void {
  for (const permission of entriesOf(value, model)) {
    const name = foldName(permission.name)
    if (!OCTO_STS_PERMISSIONS.has(name)) {
      const subject = quoted(permission.name)
      model.refusals.push({ code: 'octo_sts_no_such_permission', subject, position: permission.position })
      continue
    }
    const level = readOctoStsTextValue(permission.value, numbers, model)
    if (level === null) draft.permissions.delete(name)
    else if (level !== undefined) draft.permissions.add(name)
  }
}

function entriesOf(value: OctoStsEntry['value'], model: OctoStsModel): readonly OctoStsEntry[] {
  if (value.kind === 'map') return readOctoStsMap(value, model) ?? []
  if (value.kind !== 'scalar' || value.type !== 'null') refuseType(value, model)
  return []
}

/** What octo-sts checks of a policy that it could read; and what it would grant without being told to. */
function compile({ texts, claims, ...draft }: Draft, root: Position, model: OctoStsModel): void {
  const budget = createCompileBudget()
  for (const field of TEXT_FIELDS) {
    const exact = texts.get(field)?.text ?? ''
    const pattern = texts.get(`${field}_pattern`)
    const isBoth = exact !== '' && (pattern?.text ?? '') !== ''
    const isNeither = exact === '' && (pattern?.text ?? '') === '' && field !== 'audience'
    if (isBoth || isNeither) model.refusals.push({ code: 'octo_sts_refuses_document', position: root })
    if (pattern !== undefined && pattern.text !== '') compilePattern(pattern, budget, model)
  }
  for (const pattern of claims.values()) compilePattern(pattern, budget, model)
  if (draft.permissions.size === 0) {
    model.meanings.push({ code: 'octo_sts_grants_everything', position: draft.permissionsAt })
  }
  if (draft.repositories?.names.length === 0) {
    model.meanings.push({ code: 'octo_sts_all_repositories', position: draft.repositories.position })
  }
}

function compilePattern({ text, position }: PlacedText, budget: CompileBudget, model: OctoStsModel): void {
  const { verdict, opening } = readOctoStsExpression(text, budget)
  const subject = quoted(text)
  if (verdict === 'rejects') model.refusals.push({ code: 'octo_sts_no_such_pattern', subject, position })
  else if (verdict === 'unknown') model.doubts.push(position)
  else if (opening === 'alternation')
    model.meanings.push({ code: 'octo_sts_open_alternation', subject, position })
  else if (opening === 'lines') model.meanings.push({ code: 'octo_sts_open_lines', subject, position })
}
