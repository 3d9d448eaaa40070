/**
 * Every value of a header, in order.
 *
 * @param rawHeaders - names and values in turn, as received: parsed headers of Node join or drop repeated ones.
 * @param name - in lower case.
 */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
}
