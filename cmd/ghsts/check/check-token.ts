import { DOCUMENT_MAX_BYTES } from '#pkg/policy'
import type { ExitStatus, Terminal } from '../command.ts'
import { linesOf } from '../lint/source-lines.ts'
import { parseOptions } from '../parse-options.ts'
import { describePolicyFile, readPlaceOptions } from '../policy-file.ts'
import { PROBLEM_MESSAGES, readFileBytes } from '../read-file.ts'
import { toJson } from '../terminal/visible-text.ts'
import { UsageError } from '../usage-error.ts'
import { renderNotes, renderReport } from './check-text.ts'
import { judgeToken } from './judge-token.ts'
import { readTokenSource, type TokenSource } from './token-source.ts'

/** Says whether a policy lets a token in, and why. Answers 0 only if it does. */
export async function checkToken(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const options = await parseOptions(args, {
    command: 'ghsts policy check',
    flags: ['allow-loopback-issuers', 'json', 'jsonl'],
    values: ['claims', 'domain', 'level', 'org-policy-repo', 'policy', 'repo', 'token'],
  })
  if (options.has('jsonl')) throw new UsageError('--jsonl reads all from its lines: write it alone')
  if (options.operands.length > 0)
    throw new UsageError('a file has no option: write --policy FILE --token FILE')
  const file = options.get('policy')
  if (file === undefined) throw new UsageError('the policy is missing: write --policy FILE')
  const domain = options.get('domain')
  if (domain?.includes('/') === true) {
    throw new UsageError('a domain has neither scheme nor path: write --domain sts.example.com')
  }
  const source = chooseSource(options.get('token'), options.get('claims'))
  const place = await readPlaceOptions(options.get)
  const { level } = describePolicyFile(file, place)
  if (level === 'issuer-list') {
    throw new UsageError('an issuer list lets nobody in: write --policy FILE with a trust policy')
  }
  const read = await readFileBytes(file, { maxBytes: DOCUMENT_MAX_BYTES + 1 })
  if (!read.ok) throw new UsageError(`${file}: ${PROBLEM_MESSAGES[read.problem]}`)
  const report = judgeToken({
    file,
    document: read.bytes,
    level,
    home: place.home,
    domain,
    allowLoopback: options.has('allow-loopback-issuers'),
    kind: source.kind,
    token: await readTokenSource(source, terminal),
    now: Date.now(),
  })
  if (options.has('json')) {
    terminal.stdout.write(`${toJson(report)}\n`)
  } else {
    terminal.stderr.write(renderNotes(report.notes))
    terminal.stdout.write(renderReport(report, linesOf(read.bytes), terminal))
  }
  return report.verdict === 'allow' ? 0 : 1
}

function chooseSource(token: string | undefined, claims: string | undefined): TokenSource {
  if (token !== undefined && claims === undefined) return { kind: 'token', file: token }
  if (claims !== undefined && token === undefined) return { kind: 'claims', file: claims }
  throw new UsageError('one token is judged: write --token FILE, or --claims FILE')
}
