import { StsError } from '#pkg/errors'

/**
 * A path of GitHub's REST API from its segments, each percent-encoded.
 *
 * @throws StsError `unexpected` for a segment that would change the path (empty, `.`, `..`): names are judged
 * long before a call is made, so this is the last line, not the first.
 */
export function resourcePath(...segments: readonly (string | number)[]): string {
  let path = ''
  for (const segment of segments) {
    const text = String(segment)
    if (text === '' || text === '.' || text === '..') {
      throw new StsError('unexpected', { detail: { problem: 'a path segment is empty or a dot segment' } })
    }
    path += `/${encodeURIComponent(text)}`
  }
  return path
}
