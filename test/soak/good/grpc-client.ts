import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { loadWireDefinition } from '#pkg/wire'
import { GOOD } from '../world/names.ts'
import { judgeGrant, type GoodAnswer, type GoodClient } from './answer.ts'

/** gRPC over one channel, with a deadline. */
export function createGrpcClient(port: number): GoodClient {
  const { Exchange } = loadWireDefinition().service
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const request = { scope: `${GOOD.owner}/${GOOD.repository}`, identity: GOOD.identity }
  return {
    name: 'gRPC',
    exchange: (bearer, timeoutMs) =>
      new Promise<GoodAnswer>((resolve) => {
        const metadata = new Metadata()
        metadata.set('authorization', `Bearer ${bearer}`)
        let token: string | undefined
        const call = client.makeUnaryRequest(
          Exchange.path,
          Exchange.requestSerialize,
          Exchange.responseDeserialize,
          request,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            token = answer?.token
            if (error !== null) resolve({ ok: false, problem: status[error.code] })
          },
        )
        // The status, with the trailers, comes after the answer.
        call.on('status', (ended) => {
          setImmediate(() => {
            resolve(judgeGrant(token, (name) => ended.metadata.get(name)[0]))
          })
        })
      }),
    close: () => {
      client.close()
    },
  }
}
