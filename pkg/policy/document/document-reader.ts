import { readDocumentText } from './document-text.ts'
import type { Findings } from './findings.ts'
import { describeNode, type YamlMap } from './yaml-node.ts'
import { readYaml } from './yaml-reader.ts'

/** Reads a document whose top is a map: `what` it is, for people. Undefined when it is none. */
export function readDocument(
  source: Uint8Array | string,
  what: string,
  findings: Findings,
): YamlMap | undefined {
  const decoded = readDocumentText(source)
  if (!decoded.ok) {
    findings.error(decoded.diagnostic.code, decoded.diagnostic.message, decoded.diagnostic)
    return undefined
  }
  const root = readYaml(decoded.document, findings)
  if (root === undefined || root.kind === 'map') return root
  findings.error('wrong_type', `${what} must be a map of fields, not ${describeNode(root)}`, root.position)
  return undefined
}
