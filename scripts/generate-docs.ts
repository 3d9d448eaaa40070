// Writes the list of variables into docs/configuration.md, from their description in the code.
import { readFileSync, writeFileSync } from 'node:fs'
import { writeVariables } from './configuration-page.ts'

const page = new URL('../docs/configuration.md', import.meta.url)
writeFileSync(page, await writeVariables(readFileSync(page, 'utf8')))
