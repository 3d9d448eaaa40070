import { readFileSync } from 'node:fs'

/** The text of a file in test/vectors. */
export function readVectorFile(name: string): string {
  return readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')
}

/** The rows of a JSON lines file in test/vectors. */
export function readVectorRows(name: string): readonly unknown[] {
  return readVectorFile(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
}
