import type { Findings } from './findings.ts'
import { readPlainScalar } from './plain-scalar.ts'
import { quoted } from './quotation.ts'
import { describeNode, type YamlNode, type YamlScalar } from './yaml-node.ts'

/**
 * Reads text where text is expected. A plain scalar stands for its own text if octo-sts reads that text too;
 * one that octo-sts reads as something else has to be quoted, and null is never a value.
 */
export function readText(node: YamlNode, field: string, findings: Findings): string | undefined {
  if (node.kind !== 'scalar') {
    findings.error('wrong_type', `${quoted(field)} must be text, not ${describeNode(node)}`, node.position)
    return undefined
  }
  return isUnambiguous(node, 'value', findings) ? node.text : undefined
}

/** As `readText`, for what must not be empty. */
export function readNonEmptyText(node: YamlNode, field: string, findings: Findings): string | undefined {
  const text = readText(node, field, findings)
  if (text !== '') return text
  findings.error('empty_value', `${quoted(field)} must not be empty`, node.position)
  return undefined
}

/** Whether a scalar, a `key` or a `value`, is the same text to octo-sts. Finds an error if not. */
export function isUnambiguous(scalar: YamlScalar, role: 'key' | 'value', findings: Findings): boolean {
  if (!scalar.plain) return true
  const reading = readPlainScalar(scalar.text)
  switch (reading.kind) {
    case 'text':
      return true
    case 'null':
      findings.error('null_value', `null is never a ${role}: write text, or quote it`, scalar.position)
      return false
    case 'changed': {
      const message = `quote this ${role}: octo-sts reads it as ${quoted(reading.reading)}`
      findings.error('ambiguous_value', message, scalar.position)
      return false
    }
  }
}
