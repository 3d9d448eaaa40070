/** The longest reply that is waited for: a message with its channel and their framing is less than the half. */
const REPLY_MAX_BYTES = 16_384
/** The longest line: an error's text is one. */
const LINE_MAX_BYTES = 4_096
const DEPTH_MAX = 4
const LINE_FEED = 0x0a

/** Follows the framing of replies, so that none can grow beyond bounds or be none at all before it is parsed. */
export interface ReplyScanner {
  /** Whether what has come so far, with this chunk, can be a sequence of replies within bounds. */
  accepts(chunk: Uint8Array): boolean
}

/**
 * A scanner for one connection. Framing is that of RESP2: each line has a type and a text, a bulk string its length
 * and then its bytes, an array its length and then its elements
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 */
export function createReplyScanner(): ReplyScanner {
  /** Of the line that has not ended yet. */
  let line = ''
  /** Bytes of a bulk string that are still to come, with its line end. */
  let bulk = 0
  /** Elements that each open array still waits for, the outermost first. */
  const open: number[] = []
  let replyBytes = 0

  function endElement(): void {
    while (open.length > 0) {
      const left = (open.pop() ?? 0) - 1
      if (left > 0) {
        open.push(left)
        return
      }
    }
    replyBytes = 0
  }

  function endLine(): boolean {
    const [, type, text = ''] = /^([+\-:$*])([^\r\n]*)\r\n$/.exec(line) ?? []
    line = ''
    switch (type) {
      case '+':
      case '-':
        endElement()
        return true
      case ':':
        endElement()
        return /^[+-]?\d{1,19}$/.test(text)
      case '$':
      case '*': {
        // Null is a bulk string here: no command that is sent has an array that is null.
        if (!(type === '$' ? /^(?:-1|\d{1,5})$/ : /^\d{1,5}$/).test(text)) return false
        const length = Number(text)
        if (replyBytes + length > REPLY_MAX_BYTES) return false
        if (type === '$' && length >= 0) bulk = length + 2
        else if (type === '*' && length > 0) open.push(length)
        else endElement()
        return open.length <= DEPTH_MAX
      }
      default:
        return false
    }
  }

  return {
    accepts(chunk) {
      let at = 0
      while (at < chunk.length) {
        const start = at
        if (bulk > 0) {
          at = Math.min(chunk.length, at + bulk)
          bulk -= at - start
          replyBytes += at - start
          if (bulk === 0) endElement()
          continue
        }
        const end = chunk.indexOf(LINE_FEED, at)
        at = end < 0 ? chunk.length : end + 1
        replyBytes += at - start
        if (line.length + at - start > LINE_MAX_BYTES || replyBytes > REPLY_MAX_BYTES) return false
        line += Buffer.from(chunk.buffer, chunk.byteOffset + start, at - start).toString('latin1')
        if (end >= 0 && !endLine()) return false
      }
      return true
    },
  }
}
