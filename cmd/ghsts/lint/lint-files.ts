import { loadOctoStsComparison } from '#pkg/policy'
import type { ExitStatus, Terminal } from '../command.ts'
import { parseOptions } from '../parse-options.ts'
import { readPlaceOptions } from '../policy-file.ts'
import { toJson } from '../terminal/visible-text.ts'
import { UsageError } from '../usage-error.ts'
import { lintFile } from './lint-file.ts'
import type { LintedFile, LintReport } from './lint-report.ts'
import { renderFindings, renderSummary } from './lint-text.ts'

/** Lints the files that the arguments name, each whatever the others are. Answers 1 if there is any error. */
export async function lintFiles(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const options = await parseOptions(args, {
    command: 'ghsts policy lint',
    flags: ['allow-loopback-issuers', 'json', 'octo-sts', 'strict'],
    values: ['level', 'org-policy-repo', 'repo'],
  })
  if (options.operands.length === 0) {
    throw new UsageError('no file is named: type ghsts policy lint .github/chainguard/*.sts.yaml')
  }
  const place = await readPlaceOptions(options.get)
  const compareWithOctoSts = options.has('octo-sts') ? await loadOctoStsComparison() : undefined
  const asJson = options.has('json')
  const files: LintedFile[] = []
  for (const path of options.operands) {
    const { file, lines } = await lintFile(path, {
      place,
      compareWithOctoSts,
      strict: options.has('strict'),
      allowLoopback: options.has('allow-loopback-issuers'),
    })
    files.push(file)
    if (!asJson) terminal.stdout.write(renderFindings(file, lines, terminal))
  }
  const report = summarize(files, compareWithOctoSts !== undefined)
  if (asJson) terminal.stdout.write(`${toJson(report)}\n`)
  else terminal.stderr.write(`${renderSummary(report)}\n`)
  return report.errors > 0 ? 1 : 0
}

function summarize(files: readonly LintedFile[], isCompared: boolean): LintReport {
  const diagnostics = files.flatMap((file) => file.diagnostics)
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const onlyThere = files.filter((file) => file.octo_sts === 'accepts' && file.verdict === 'invalid').length
  return {
    files,
    errors,
    warnings: diagnostics.length - errors,
    ...(isCompared ? { works_in_octo_sts_only: onlyThere } : {}),
  }
}
