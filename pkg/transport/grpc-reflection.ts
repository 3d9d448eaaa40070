import type { handleBidiStreamingCall, Server, ServiceDefinition } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'

import type { WireDefinition } from '#pkg/wire'

/** Adds both versions of server reflection to `server` and returns their definitions. */
export function addReflectionServices(server: Server, definition: WireDefinition): ServiceDefinition[] {
  const added: ServiceDefinition[] = []
  new ReflectionService(definition.servicePackage).addToServer({
    addService(service, implementation) {
      const handlers = Object.entries(implementation).map(([name, handler]) => [
        name,
        withBackpressure(handler as handleBidiStreamingCall<object, object>),
      ])
      server.addService(service, Object.fromEntries(handlers) as typeof implementation)
      added.push(service)
    },
  })
  return added
}

/** @grpc/reflection answers whether or not its answers are read; this stops reading questions until they are. */
function withBackpressure(
  handle: handleBidiStreamingCall<object, object>,
): handleBidiStreamingCall<object, object> {
  return (call) => {
    const write = call.write.bind(call)
    call.write = (message: object) => {
      const hasRoom = write(message)
      if (!hasRoom) {
        call.pause()
        call.once('drain', () => {
          call.resume()
        })
      }
      return hasRoom
    }
    handle(call)
  }
}
