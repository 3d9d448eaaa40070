import { open, stat, type FileHandle } from 'node:fs/promises'

/** Why a file was not read. The names are stable. */
export type FileProblem = 'file_missing' | 'file_unreadable' | 'file_is_directory' | 'file_not_regular'

/** What to do about each. */
export const PROBLEM_MESSAGES: Readonly<Record<FileProblem, string>> = {
  file_missing: 'there is no such file: check its path',
  file_unreadable: 'the file cannot be read: check its permissions',
  file_is_directory: 'this is a directory: name the files in it, as in DIRECTORY/*.sts.yaml',
  file_not_regular: 'this is a pipe or a device: write it to a file first',
}

export type FileBytes =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly problem: FileProblem }

export interface ReadFileOptions {
  /** What is read at most, in bytes: the beginning of a longer file. */
  readonly maxBytes: number
  /** Whether pipes and devices are read too. Default: false; a pipe would wait for a writer. */
  readonly irregular?: boolean
}

/** Reads a file, or the beginning of it. */
export async function readFileBytes(
  path: string,
  { maxBytes, irregular = false }: ReadFileOptions,
): Promise<FileBytes> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) return { ok: false, problem: 'file_is_directory' }
    if (!stats.isFile() && !irregular) return { ok: false, problem: 'file_not_regular' }
    const file = await open(path)
    try {
      return { ok: true, bytes: await readBeginning(file, maxBytes) }
    } finally {
      await file.close()
    }
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    return { ok: false, problem: isMissing ? 'file_missing' : 'file_unreadable' }
  }
}

/** The size is not asked for: that of a pipe, or of a file below /proc, is 0. */
async function readBeginning(file: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  while (length < maxBytes) {
    const { bytesRead } = await file.read(bytes, length, maxBytes - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}
