import { quoted } from '../document/quotation.ts'
import { measureExpression } from '../expression/expression.ts'
import { LIST_MAX_ISSUERS, LIST_MAX_PATTERNS } from '../issuer-list.ts'
import { ISSUER_PATTERN_MAX_CHARACTERS } from '../issuer-pattern.ts'
import { checkIssuer, TOKEN_VALUE_MAX_CHARACTERS } from '../token-syntax.ts'
import { isLongerThan } from '../text-length.ts'
import { createCompileBudget, readOctoStsIssuerPattern, type CompileBudget } from './octo-sts-expression.ts'
import { judgeSlashes } from './octo-sts-issuer-pattern.ts'
import { readOctoStsMap, type OctoStsEntry } from './octo-sts-map.ts'
import type { OctoStsFinding, OctoStsModel } from './octo-sts-model.ts'
import type { OctoStsMap } from './octo-sts-node.ts'
import { foldName, readOctoStsTextList, readOctoStsTextValue } from './octo-sts-text-value.ts'

interface Draft {
  mode: string
  issuers: readonly string[]
  patterns: readonly string[]
}

/** Reads an issuer list as octo-sts does: `ParseOrgTrustedIssuers`. */
export function modelOctoStsIssuerList(root: OctoStsMap, model: OctoStsModel): void {
  const entries = readOctoStsMap(root, model)
  if (entries === undefined) return
  const draft: Draft = { mode: '', issuers: [], patterns: [] }
  for (const entry of entries) readField(entry, draft, model)
  const isKnownMode = ['', 'enforce', 'audit'].includes(draft.mode)
  const isEmpty = draft.issuers.length + draft.patterns.length === 0
  const isTooLong = draft.issuers.length > LIST_MAX_ISSUERS || draft.patterns.length > LIST_MAX_PATTERNS
  if (!isKnownMode || isEmpty || isTooLong) {
    model.refusals.push({ code: 'octo_sts_refuses_document', position: root.position })
  }
}

function readField({ name, position, value }: OctoStsEntry, draft: Draft, model: OctoStsModel): void {
  switch (foldName(name)) {
    case 'mode':
      draft.mode = readOctoStsTextValue(value, 'become_text', model) ?? draft.mode
      break
    case 'issuers':
      draft.issuers = readOctoStsTextList(value, draft.issuers, model)
      keepJudgements(value, draft.issuers, judgeIssuer, model)
      break
    case 'issuer_patterns': {
      draft.patterns = readOctoStsTextList(value, draft.patterns, model)
      const budget = createCompileBudget()
      keepJudgements(
        value,
        draft.patterns.slice(0, LIST_MAX_PATTERNS),
        (text) => judgePattern(text, budget),
        model,
      )
      break
    }
    default:
      model.refusals.push({ code: 'octo_sts_refuses_document', subject: quoted(name), position })
  }
}

type Verdict = 'accepts' | 'unknown' | OctoStsFinding['code']

function keepJudgements(
  list: OctoStsEntry['value'],
  texts: readonly string[],
  judge: (text: string) => Verdict,
  model: OctoStsModel,
): void {
  for (const [index, text] of texts.entries()) {
    const { position } = (list.kind === 'list' ? list.items[index] : undefined) ?? list
    const verdict = judge(text)
    if (verdict === 'unknown') model.doubts.push(position)
    else if (verdict !== 'accepts') model.refusals.push({ code: verdict, subject: quoted(text), position })
  }
}

/** Go's URL parser takes more than what is an issuer here: where it may, nothing is said. */
function judgeIssuer(text: string): Verdict {
  const beforePath = text.split('/').slice(0, 3).join('/')
  if (beforePath !== beforePath.toLowerCase()) return 'octo_sts_refuses_document'
  if (checkIssuer(text, { allowLoopback: true }).ok) return 'accepts'
  const isForeign = !/^https?:\/\/[^\s?#@]+$/.test(text) || isLongerThan(text, TOKEN_VALUE_MAX_CHARACTERS)
  return isForeign ? 'octo_sts_refuses_document' : 'unknown'
}

function judgePattern(text: string, budget: CompileBudget): Verdict {
  // Bytes there, characters here.
  if (new TextEncoder().encode(text).length > ISSUER_PATTERN_MAX_CHARACTERS)
    return 'octo_sts_long_issuer_pattern'
  const verdict = readOctoStsIssuerPattern(text, budget)
  if (verdict === 'rejects') return 'octo_sts_no_such_pattern'
  const measure = measureExpression(text)
  if (verdict === 'unknown' || !measure.ok) return 'unknown'
  const slashes = judgeSlashes(measure.syntax)
  return slashes === 'rejects' ? 'octo_sts_loose_slash' : slashes
}
