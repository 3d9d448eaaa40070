import type { HttpAnswer } from './http-call.ts'

/** One link of the header, `<URL>; rel="next"`, as GitHub writes it. */
const NEXT = /<([^<>]*)>\s*;\s*rel="next"/

/**
 * The parameters of the next page of a list, or undefined on the last one. Only these are taken of the link: where GitHub
 * is stays as it was configured. https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function nextPageOf({ headers }: HttpAnswer): URLSearchParams | undefined {
  const { link } = headers
  const url = typeof link === 'string' ? NEXT.exec(link)?.[1] : undefined
  if (url === undefined) return undefined
  const query = url.indexOf('?')
  return new URLSearchParams(query === -1 ? '' : url.slice(query))
}
