import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Client, credentials, Server, status, type MethodDefinition } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'

import { loadWireDefinition, SERVICE_NAME } from '#pkg/wire'

import { startSts } from './support/sts.ts'

type Answer = Readonly<Record<string, unknown>>

/** Asks the reflection service one question after the other. */
async function reflect(
  t: TestContext,
  port: number,
  questions: readonly object[],
): Promise<(Answer | number)[]> {
  let method: MethodDefinition<object, object> | undefined
  const server = new Server()
  t.mock.method(server, 'addService', (definition: Record<string, MethodDefinition<object, object>>) => {
    method ??= definition['ServerReflectionInfo']
  })
  new ReflectionService(loadWireDefinition().servicePackage).addToServer(server)
  assert.ok(method !== undefined)
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  t.after(() => {
    client.close()
  })
  const call = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    (bytes) => method?.responseDeserialize(bytes) as Answer,
  )
  return new Promise((resolve) => {
    const answers: (Answer | number)[] = []
    call.on('data', (answer: Answer) => answers.push(answer))
    call.on('error', (error: Error & { code?: number }) => {
      answers.push(error.code ?? -1)
      resolve(answers)
    })
    call.on('end', () => {
      resolve(answers)
    })
    for (const question of questions) call.write(question)
    call.end()
  })
}

test('reflection is off by default', async (t) => {
  const sts = await startSts(t)
  assert.deepEqual(await reflect(t, sts.port, [{ listServices: '*' }]), [status.UNIMPLEMENTED])
})

test('reflection, when switched on, describes the service and survives hostile names', async (t) => {
  const sts = await startSts(t, { reflection: true })
  const [list, file, ...hostile] = await reflect(t, sts.port, [
    { listServices: '*' },
    { fileContainingSymbol: SERVICE_NAME },
    { fileContainingSymbol: '__proto__' },
    { fileByFilename: 'constructor' },
    { fileContainingExtension: { containingType: '__proto__', extensionNumber: 1 } },
    { allExtensionNumbersOfType: 'toString' },
    {},
  ])
  assert.match(JSON.stringify(list), new RegExp(SERVICE_NAME.replaceAll('.', '\\.')))
  assert.match(JSON.stringify(file), /fileDescriptorProto/)
  assert.equal(hostile.length, 5)
  assert.deepEqual(sts.defects, [])
})
