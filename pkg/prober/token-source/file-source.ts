import { open } from 'node:fs/promises'
import { ClientError } from '#pkg/client'
import { BEARER_MAX_BYTES } from '#pkg/jwt'

import { keepForExpiry } from './kept-token.ts'
import type { TokenSource } from './token-source.ts'

/** With white space around the token, a line feed mostly. */
const FILE_MAX_BYTES = BEARER_MAX_BYTES + 16

const SYSTEM_CODE = /^E[A-Z0-9]{1,30}$/

/**
 * The token in a file, such as a projected service account token of Kubernetes; read anew each time, because whoever
 * writes it replaces it before it expires.
 *
 * @param now - milliseconds since the epoch.
 */
export function createFileSource(path: string, now: () => number): TokenSource {
  return { anyAudience: false, ...keepForExpiry(() => readTokenFile(path), now) }
}

async function readTokenFile(path: string): Promise<string> {
  const bytes = await readBytes(path)
  if (bytes.length > FILE_MAX_BYTES) {
    throw new ClientError('invalid_input', `the token file has more than ${FILE_MAX_BYTES} bytes`)
  }
  return bytes.toString().trim()
}

/** At most one byte more than a token file may have. */
async function readBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FILE_MAX_BYTES + 1), 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    throw new ClientError('invalid_input', `the token file cannot be read${systemCodeOf(thrown)}`)
  }
}

function systemCodeOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return ''
  return SYSTEM_CODE.test(thrown.code) ? ` (${thrown.code})` : ''
}
