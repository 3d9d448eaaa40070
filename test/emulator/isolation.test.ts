import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import ts from 'typescript'

const ROOT = new URL('../../emulator/', import.meta.url)

test('imports only Node, jose and its own files, so that it cannot agree with the bugs of what it tests', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  assert.ok(files.length > 20)
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(readFileSync(new URL(file, ROOT), 'utf8'))
    for (const { fileName } of importedFiles) {
      const own =
        fileName.startsWith('.') && new URL(fileName, new URL(file, ROOT)).href.startsWith(ROOT.href)
      assert.ok(own || fileName.startsWith('node:') || fileName === 'jose', `${file} imports ${fileName}`)
    }
  }
})
