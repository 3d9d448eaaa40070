// Generates the TypeScript types of proto/ into pkg/wire/generated, or into the folder given as argument.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const outDir = process.argv[2] ?? `${root}pkg/wire/generated`

rmSync(outDir, { recursive: true, force: true })
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js',
    '--keepCase',
    '--longs=String',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    '--includeDirs=proto',
    `--outDir=${outDir}`,
    'platform/oidc/v1/oidc.platform.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
  ],
  { cwd: root, stdio: 'inherit' },
)
// An index per proto file, which nothing here needs and whose unused names the compiler refuses.
for (const index of ['oidc.platform.ts', 'status.ts', 'error_details.ts']) rmSync(`${outDir}/${index}`)
process.exit(status ?? 1)
