import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { ExchangeClient, ExchangeRequest, OpenClients } from './load.ts'

const HEAD_END = '\r\n\r\n'

/** Clients of `GET /sts/exchange`, each on an HTTP/1.1 connection of its own. As bare as can be: they share the processor. */
export const openJsonClients: OpenClients = (port, count) =>
  Promise.all(Array.from({ length: count }, () => openJsonClient(port)))

async function openJsonClient(port: number): Promise<ExchangeClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  // The event of the close, which follows, is what counts.
  socket.setEncoding('latin1').on('error', () => undefined)
  return {
    async exchange(request) {
      const answer = await roundTrip(socket, requestText(request, port))
      if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`the service answered ${answer}`)
      return tokenIn(answer.slice(answer.indexOf(HEAD_END)))
    },
  }
}

function requestText({ scope, identity, bearer }: ExchangeRequest, port: number): string {
  return (
    `GET /sts/exchange?scope=${encodeURIComponent(scope)}&identity=${encodeURIComponent(identity)} HTTP/1.1\r\n` +
    `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${bearer}\r\nAccept: application/json${HEAD_END}`
  )
}

function roundTrip(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) throw new Error('the service has closed the connection')
    let received = ''
    const onData = (text: string): void => {
      received += text
      const end = received.indexOf(HEAD_END)
      if (end < 0) return
      const bodyAt = end + HEAD_END.length
      const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, bodyAt))?.[1])
      if (received.length < bodyAt + length) return
      finish()
      resolve(received)
    }
    const onClose = (): void => {
      finish()
      reject(new Error('the service closed the connection'))
    }
    const finish = (): void => {
      socket.off('data', onData).off('close', onClose)
    }
    socket.on('data', onData).on('close', onClose)
    socket.write(request)
  })
}

function tokenIn(body: string): string {
  const { token } = JSON.parse(body) as { readonly token?: unknown }
  if (typeof token !== 'string' || token === '') throw new Error('the answer has no token')
  return token
}
