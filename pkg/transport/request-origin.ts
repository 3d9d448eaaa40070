import { isIP } from 'node:net'

import type { ExchangeCall } from '#pkg/exchange'
import type { TraceHeaders } from '#pkg/telemetry'

/** Text from a caller that is only logged is cut here, in characters. */
const LOGGED_TEXT_MAX_CHARACTERS = 256

/** What the headers of a request say about who sent it. */
export interface RequestOrigin extends Pick<
  ExchangeCall,
  'authorization' | 'callerRequestId' | 'userAgent' | 'clientAddress'
> {
  readonly traceHeaders: TraceHeaders
}

export interface RequestOriginOptions {
  /** Names and values in turn, as received: the parsed headers of Node show only the first `authorization`. */
  readonly rawHeaders: readonly string[]
  /** Of the connection. */
  readonly remoteAddress: string | undefined
  /** How many proxies in front of this service append to `X-Forwarded-For`. */
  readonly trustedHops: number
}

/** Reads the origin of a request from its raw headers. Nothing of it is trusted, except as `trustedHops` says. */
export function readOrigin({ rawHeaders, remoteAddress, trustedHops }: RequestOriginOptions): RequestOrigin {
  const authorization: string[] = []
  const forwardedFor: string[] = []
  let userAgent: string | undefined
  let requestId: string | undefined
  let sdkRequestId: string | undefined
  let traceparent: string | undefined
  let tracestate: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1] ?? ''
    switch ((rawHeaders[index] ?? '').toLowerCase()) {
      case 'authorization':
        authorization.push(value)
        break
      case 'x-forwarded-for':
        forwardedFor.push(value)
        break
      case 'user-agent':
        userAgent ??= printable(value)
        break
      case 'x-request-id':
        requestId ??= printable(value)
        break
      case 'cgrequestid':
        sdkRequestId ??= printable(value)
        break
      case 'traceparent':
        // Section 3.2: one, or there is none to believe.
        traceparent = traceparent === undefined ? value : ''
        break
      case 'tracestate':
        // W3C Trace Context, section 3.3.1.1: a list that may come in several headers.
        tracestate = tracestate === undefined ? value : `${tracestate},${value}`
        break
    }
  }
  return {
    authorization,
    callerRequestId: requestId ?? sdkRequestId,
    userAgent,
    clientAddress: clientAddress(forwardedFor, remoteAddress, trustedHops),
    traceHeaders: { traceparent, tracestate },
  }
}

/** `value` in printable ASCII and cut; undefined when nothing is left. */
function printable(value: string): string | undefined {
  const text = value.slice(0, LOGGED_TEXT_MAX_CHARACTERS).replace(/[^\x20-\x7e]/g, '?')
  return text === '' ? undefined : text
}

/**
 * The address that the outermost trusted proxy saw: that many entries from the right of
 * `X-Forwarded-For`, for what is further left is whatever the caller wrote. Where the entry is missing
 * or not an address, the connection's own.
 */
function clientAddress(
  forwardedFor: readonly string[],
  remoteAddress: string | undefined,
  trustedHops: number,
): string | undefined {
  const entry =
    trustedHops > 0 ? addressOf(forwardedFor.join(',').split(',').at(-trustedHops) ?? '') : undefined
  return entry ?? (remoteAddress === undefined ? undefined : addressOf(remoteAddress))
}

/** An IP address without port, brackets or IPv4-mapped prefix; undefined when `text` is none. */
function addressOf(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(bare) === 0 ? undefined : bare
}
