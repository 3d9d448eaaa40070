import {
  compareIssuerLists,
  comparePower,
  readIssuerList,
  readTrustPolicy,
  type PolicyPlace,
  type PowerDifference,
  type ReadResult,
} from '#pkg/policy'
import type { ExitStatus, Terminal } from '../command.ts'
import { parseOptions } from '../parse-options.ts'
import { describePolicyFile, readPlaceOptions, type PolicyFile } from '../policy-file.ts'
import { toJson } from '../terminal/visible-text.ts'
import { UsageError } from '../usage-error.ts'
import type { DiffedFile, DiffReport } from './diff-report.ts'
import { plainText, renderDifference, renderProblems } from './diff-text.ts'
import { readVersion, type Version } from './read-version.ts'

interface DiffOptions {
  readonly level: PolicyFile['level']
  readonly place: PolicyPlace | undefined
  readonly allowLoopback: boolean
}

/** Compares two versions of a policy or an issuer list. Answers 1 if the new one may do more, or one is invalid. */
export async function diffFiles(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const options = await parseOptions(args, {
    command: 'ghsts policy diff',
    flags: ['allow-loopback-issuers', 'json'],
    values: ['level', 'org-policy-repo', 'repo'],
  })
  const [oldPath, newPath, ...others] = options.operands
  if (oldPath === undefined || newPath === undefined || others.length > 0) {
    throw new UsageError('two files are compared: type ghsts policy diff OLD NEW (/dev/null for none)')
  }
  const placeOptions = await readPlaceOptions(options.get)
  const versions = [await readVersion(oldPath), await readVersion(newPath)] as const
  const [, after] = versions
  const { level } = describePolicyFile(after.kind === 'absent' ? oldPath : newPath, placeOptions)
  const { home } = placeOptions
  const place = home === undefined ? undefined : { owner: home.owner, repository: home.name }
  const allowLoopback = options.has('allow-loopback-issuers')
  const { difference, files } = compareVersions(versions, { level, place, allowLoopback })
  const [oldFile, newFile] = files
  if (options.has('json')) {
    const report: DiffReport = {
      level,
      old: oldFile,
      new: newFile,
      ...(difference === undefined ? {} : { power: difference.power }),
      changes: (difference?.changes ?? []).map((change) => ({ ...change, text: plainText(change.text) })),
    }
    terminal.stdout.write(`${toJson(report)}\n`)
  } else if (difference === undefined) {
    terminal.stdout.write(
      renderProblems(
        [
          [oldFile, versions[0]],
          [newFile, versions[1]],
        ],
        terminal,
      ),
    )
  } else {
    terminal.stdout.write(renderDifference(difference, terminal.color))
  }
  return difference?.power === 'same' || difference?.power === 'less' ? 0 : 1
}

interface Comparison {
  /** Undefined: a file is invalid. */
  readonly difference: PowerDifference | undefined
  readonly files: readonly [DiffedFile, DiffedFile]
}

function compareVersions(
  versions: readonly [Version, Version],
  { level, place, allowLoopback }: DiffOptions,
): Comparison {
  return level === 'issuer-list'
    ? compareReadings(versions, (bytes) => readIssuerList(bytes, { allowLoopback }), compareIssuerLists)
    : compareReadings(
        versions,
        (bytes) => readTrustPolicy(bytes, { level }),
        (before, after) => comparePower(before, after, place),
      )
}

function compareReadings<Document>(
  [before, after]: readonly [Version, Version],
  read: (bytes: Uint8Array) => ReadResult<Document>,
  compare: (before: Document | undefined, after: Document | undefined) => PowerDifference,
): Comparison {
  const was = readDocument(before, read)
  const is = readDocument(after, read)
  const isValid = was.file.verdict !== 'invalid' && is.file.verdict !== 'invalid'
  return {
    difference: isValid ? compare(was.document, is.document) : undefined,
    files: [was.file, is.file],
  }
}

function readDocument<Document>(
  version: Version,
  read: (bytes: Uint8Array) => ReadResult<Document>,
): { readonly file: DiffedFile; readonly document?: Document } {
  const { file } = version
  if (version.kind === 'absent') return { file: { file, verdict: 'absent', diagnostics: [] } }
  if (version.kind === 'unreadable') {
    return { file: { file, verdict: 'invalid', diagnostics: [version.problem] } }
  }
  const result = read(version.bytes)
  if (result.ok) return { file: { file, verdict: 'valid', diagnostics: [] }, document: result.value }
  return { file: { file, verdict: 'invalid', diagnostics: result.diagnostics } }
}
