import type { Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

/** What another parser than ours makes of GitHub's Markdown, links that GitHub finds in plain text among it. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
}

/** A node and all below it, in their order. */
export function listNodes(node: Nodes): readonly Nodes[] {
  return 'children' in node ? [node, ...node.children.flatMap(listNodes)] : [node]
}

/** Nodes that do something: lead somewhere, load something, or are HTML. */
export function listActiveNodes(node: Nodes): readonly Nodes[] {
  const active: ReadonlySet<string> = new Set([
    'definition',
    'footnoteDefinition',
    'footnoteReference',
    'html',
    'image',
    'imageReference',
    'link',
    'linkReference',
  ])
  return listNodes(node).filter(({ type }) => active.has(type))
}

/** All that is shown as it is, and is no code. */
export function plainText(node: Nodes): string {
  return listNodes(node)
    .flatMap((one) => (one.type === 'text' ? [one.value] : []))
    .join('\n')
}

/** The rows of the tables, as many nodes in each as there are cells. */
export function listRows(node: Nodes): readonly (readonly Nodes[])[] {
  return listNodes(node).flatMap((one) => (one.type === 'tableRow' ? [one.children] : []))
}
