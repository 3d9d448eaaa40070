/** The rows of the tables in a text, without their heads: the cells of each, trimmed. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return Array.from(text.matchAll(/^\|.*\|\n\| *:?-+[-:| ]*\|\n((?:\|.*\|(?:\n|$))*)/gm)).flatMap(
    ([, body = '']) =>
      body
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map(cellsOf),
  )
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}
