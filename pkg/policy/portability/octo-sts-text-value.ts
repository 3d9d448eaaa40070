import { quoted } from '../document/quotation.ts'
import type { OctoStsEntry } from './octo-sts-map.ts'
import type { OctoStsModel } from './octo-sts-model.ts'
import { targetOf } from './octo-sts-node.ts'

/**
 * Whether octo-sts sees that it expects text, and turns numbers and booleans into it. It does not see it in those
 * fields that a policy of an organization has in common with one of a repository.
 */
export type NumberRule = 'become_text' | 'are_refused'

/**
 * The text of a value where octo-sts expects text; null where it leaves what is there. Undefined when it refuses the
 * value, which is then in `model`.
 */
export function readOctoStsTextValue(
  value: OctoStsEntry['value'],
  numbers: NumberRule,
  model: OctoStsModel,
): string | null | undefined {
  if (value.kind !== 'scalar') {
    refuseType(value, model)
    return undefined
  }
  if (value.type === 'null') return null
  if (value.type === 'text' || numbers === 'become_text') return value.text
  model.refusals.push({ code: 'octo_sts_number', subject: quoted(value.text), position: value.position })
  return undefined
}

/** The texts of a list where octo-sts expects one. `before`: those of the same field in another spelling. */
export function readOctoStsTextList(
  value: OctoStsEntry['value'],
  before: readonly string[],
  model: OctoStsModel,
): readonly string[] {
  if (value.kind === 'scalar' && value.type === 'null') return []
  if (value.kind !== 'list') {
    refuseType(value, model)
    return []
  }
  return value.items.map((item, index) => {
    return readOctoStsTextValue(targetOf(item), 'become_text', model) ?? before[index] ?? ''
  })
}

/** octo-sts refuses a value that is of another type than its field. */
export function refuseType({ position }: OctoStsEntry['value'], model: OctoStsModel): void {
  model.refusals.push({ code: 'octo_sts_refuses_document', position })
}

/** Go's `encoding/json` compares names without case, and two signs beyond ASCII fold to a letter of it. */
export function foldName(name: string): string {
  const ascii = name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k')
  return ascii.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
