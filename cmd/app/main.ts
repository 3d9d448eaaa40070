import { catchHangup } from '../hangup.ts'

const hangup = catchHangup()
// Loading takes longer than all the rest of a start, and a static import would come before the line above.
const [{ runProgram }, { readConfiguration }, { createService }] = await Promise.all([
  import('../program.ts'),
  import('./configuration.ts'),
  import('./service.ts'),
])
await runProgram(
  {
    name: 'app',
    readConfiguration,
    create: createService,
    ready: ({ domain }) => ({ fields: { domain }, message: 'the security token service is listening' }),
  },
  hangup,
)
