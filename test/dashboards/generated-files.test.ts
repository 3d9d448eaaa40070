import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { dashboardFiles } from '../../scripts/dashboards/generated-files.ts'

const ROOT = new URL('../../', import.meta.url)

describe('the generated dashboards and alerts', async () => {
  const files = await dashboardFiles()

  for (const [path, text] of files) {
    it(`are those of the lists: ${path} (else: npm run generate)`, () => {
      assert.equal(readFileSync(new URL(path, ROOT), 'utf8'), text)
    })
  }
})
