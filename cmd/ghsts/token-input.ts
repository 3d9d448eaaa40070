import type { Terminal } from './command.ts'
import { readFileBytes } from './read-file.ts'
import { UsageError } from './usage-error.ts'

/** No token is longer; a service takes 16 KiB. */
const TOKEN_MAX_BYTES = 64 * 1024

/**
 * The token in the file that `--token` names, or on standard input for `-`. White space around it is no part of it.
 *
 * @throws UsageError when there is none; never with anything of the token, or of what may be one.
 */
export async function readTokenOption(name: string, terminal: Terminal): Promise<string> {
  if (name === '-') return await readTokenInput(terminal)
  const file = await readFileBytes(name, { maxBytes: TOKEN_MAX_BYTES + 1, irregular: true })
  if (!file.ok) throw new UsageError(`the file that --token names cannot be read (${file.problem})`)
  return tokenOf(file.bytes, 'in the file that --token names')
}

/** The token on standard input, as {@link readTokenOption} reads it. */
export async function readTokenInput({ stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY === true) stderr.write('ghsts: type or paste the token, then Enter and Ctrl-D\n')
  return tokenOf(await readBeginning(stdin), 'on standard input')
}

async function readBeginning(input: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of input) {
      const bytes = Buffer.from(chunk)
      chunks.push(bytes)
      length += bytes.length
      if (length > TOKEN_MAX_BYTES) break
    }
  } catch {
    throw new UsageError('standard input cannot be read')
  }
  return Buffer.concat(chunks)
}

function tokenOf(bytes: Uint8Array, where: string): string {
  if (bytes.length > TOKEN_MAX_BYTES) throw new UsageError(`what is ${where} is longer than any token`)
  // PowerShell writes a byte order mark, which the decoder takes away.
  const token = new TextDecoder().decode(bytes).trim()
  if (token === '') throw new UsageError(`there is no token ${where}`)
  if (/[^\x21-\x7e]/.test(token)) throw new UsageError(`what is ${where} is not one token alone`)
  return token
}
