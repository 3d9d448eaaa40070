import type { FileAtCommit } from '#pkg/github'
import type { Diagnostic } from '#pkg/policy'

/** Why something at the path of a policy is none, as what to do. */
const UNUSABLE: Readonly<Record<Extract<FileAtCommit, { kind: 'unusable' }>['problem'], string>> = {
  directory: 'this is a folder, and a policy is a file: rename the folder, or remove it',
  submodule: 'this is a submodule, and a policy is a file: put the file itself here',
  symlink:
    'this is a symbolic link: what it leads to can change without anybody looking at this path: put the file itself here',
  too_large: 'the file is larger than 32 KiB, and is not read: shorten it',
}

/** An error: an exchange cannot use what is at the path, or must not come to rely on it. */
export function unusableFinding(problem: keyof typeof UNUSABLE): Diagnostic {
  return wholeFile('error', 'unusable_file', UNUSABLE[problem])
}

/** An error: no policy of the repository can be read. */
export const NO_FOLDER_FINDING: Diagnostic = wholeFile(
  'error',
  'no_policy_folder',
  'this is no folder, so that no exchange finds any policy of this repository: make it one',
)

/** A warning: a file that looks like a policy, and what to do that it is one. */
export function unreachableFinding(advice: string): Diagnostic {
  return wholeFile('warning', 'unreachable_file', `no exchange finds this file: ${advice}`)
}

/** A warning: without its list an organization lets in every issuer that one of its policies names. */
export const LIST_REMOVED_FINDING: Diagnostic = wholeFile(
  'warning',
  'issuer_list_removed',
  'without this list every issuer is let in that a policy names: keep it, unless that is meant',
)

function wholeFile(severity: Diagnostic['severity'], code: string, message: string): Diagnostic {
  return { severity, code, message, line: 1, column: 1 }
}
