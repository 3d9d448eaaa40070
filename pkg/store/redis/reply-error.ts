import type { StoreProblem } from '../shared/shared-store.ts'

/**
 * The first words of error replies that mean something of their own, as the server's source has them:
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors says that they are a kind of error.
 */
const PROBLEM_OF_KIND: Readonly<Partial<Record<string, StoreProblem>>> = {
  NOAUTH: 'access_denied',
  WRONGPASS: 'access_denied',
  NOPERM: 'access_denied',
  OOM: 'full',
  READONLY: 'read_only',
  LOADING: 'not_ready',
  MASTERDOWN: 'not_ready',
  BUSY: 'not_ready',
  MISCONF: 'not_ready',
  CLUSTERDOWN: 'not_ready',
  TRYAGAIN: 'not_ready',
  ASK: 'not_ready',
  MOVED: 'not_ready',
}

/** Another node of a cluster. */
export interface RedisNode {
  /** Empty: the host of the node that says so. */
  readonly host: string
  readonly port: number
}

/** What an error reply says. */
export interface ReplyError {
  readonly problem: StoreProblem
  /** The node that has the key, if it is another one. */
  readonly moved?: RedisNode | undefined
}

/** Reads an error reply by its first word; the rest is for people, but for the address behind MOVED. */
export function readReplyError(text: string): ReplyError {
  const [kind = ''] = text.split(' ', 1)
  const problem = Object.hasOwn(PROBLEM_OF_KIND, kind) ? PROBLEM_OF_KIND[kind] : undefined
  return { problem: problem ?? 'refused', moved: findNode(text) }
}

/** `MOVED slot host:port`: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#moved-redirection */
function findNode(text: string): RedisNode | undefined {
  const [, host = '', port] = /^MOVED \d{1,5} ([\w.:-]{0,253}):(\d{1,5})$/.exec(text) ?? []
  const number = Number(port)
  return number >= 1 && number <= 65_535 ? { host, port: number } : undefined
}
