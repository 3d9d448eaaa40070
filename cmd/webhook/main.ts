import { catchHangup } from '../hangup.ts'

const hangup = catchHangup()
// Loading takes longer than all the rest of a start, and a static import would come before the line above.
const [{ runProgram }, { readConfiguration }, { createWebhookService }] = await Promise.all([
  import('../program.ts'),
  import('./configuration.ts'),
  import('./service.ts'),
])
await runProgram(
  {
    name: 'webhook',
    readConfiguration,
    create: createWebhookService,
    ready: () => ({ fields: {}, message: 'the webhook is listening' }),
  },
  hangup,
)
