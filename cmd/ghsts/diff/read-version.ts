import { DOCUMENT_MAX_BYTES, type Diagnostic } from '#pkg/policy'
import { PROBLEM_MESSAGES, readFileBytes } from '../read-file.ts'

/** One of the two files that are compared; `absent`: it is empty. */
export type Version = { readonly file: string } & (
  | { readonly kind: 'present'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: Diagnostic }
)

/** Reads a file, a pipe or a device: /dev/null, and what a shell makes of `<(command)`. */
export async function readVersion(file: string): Promise<Version> {
  const read = await readFileBytes(file, { maxBytes: DOCUMENT_MAX_BYTES + 1, irregular: true })
  if (!read.ok) {
    const message = PROBLEM_MESSAGES[read.problem]
    const problem = { severity: 'error', code: read.problem, message, line: 1, column: 1 } as const
    return { file, kind: 'unreadable', problem }
  }
  const { bytes } = read
  return bytes.length === 0 ? { file, kind: 'absent' } : { file, kind: 'present', bytes }
}
