import assert from 'node:assert/strict'
import { runGhsts } from './ghsts.ts'

export const POLICY = 'issuer: https://a.example.com\nsubject: x\npermissions: {contents: read}\n'

/** A line that is answered with `valid`. */
export const ROW = { id: 1, level: 'repository', domain: 'd', policy: POLICY }

/** The answers to lines, each read as JSON. */
export async function answersTo(input: string | Uint8Array): Promise<readonly Record<string, unknown>[]> {
  const { status, stdout, stderr } = await runGhsts(['policy', 'check', '--jsonl'], { input })
  assert.deepEqual([status, stderr], [0, ''])
  if (stdout === '') return []
  assert.ok(stdout.endsWith('\n'))
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
