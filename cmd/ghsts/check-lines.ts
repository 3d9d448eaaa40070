import { once } from 'node:events'
import { judgeDocument } from '#pkg/policy'
import type { ExitStatus, Terminal } from './command.ts'
import { splitLines, type InputLine } from './input-lines.ts'
import { readLineRequest } from './line-request.ts'

const LINE_MAX_BYTES = 1024 * 1024

/**
 * Judges one JSON object per line of standard input, and answers each with one line, in order and at once. A line that
 * cannot be read is answered with `error`. Holds one line at a time, and waits for whoever reads the answers.
 */
export async function checkLines({ stdin, stdout }: Terminal): Promise<ExitStatus> {
  for await (const line of splitLines(stdin, LINE_MAX_BYTES)) {
    if (!stdout.write(`${answerLine(line)}\n`)) await once(stdout, 'drain')
  }
  return 0
}

function answerLine(line: InputLine): string {
  if (!line.ok) return lineJson({ error: `the line is longer than ${LINE_MAX_BYTES} bytes` })
  const asked = readLineRequest(line.bytes)
  const { id } = asked
  try {
    return lineJson(asked.ok ? { id, ...judge(asked) } : { id, error: asked.error })
  } catch (error) {
    // JSON.stringify ends so where an id is nested thousands of times, which JSON.parse reads.
    if (error instanceof RangeError) return lineJson({ error: 'the line is nested too deeply' })
    throw error
  }
}

function judge({ request, hasTokens }: Extract<ReturnType<typeof readLineRequest>, { ok: true }>) {
  const { verdict, diagnostics, value, verdicts } = judgeDocument(request)
  return {
    verdict,
    diagnostics: diagnostics.map(({ severity, code, message, line, column }) => ({
      severity,
      code,
      message,
      line,
      column,
    })),
    value,
    verdicts: hasTokens ? verdicts : undefined,
  }
}

/** One line of JSON, also for readers that take other characters for the end of a line. */
function lineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
