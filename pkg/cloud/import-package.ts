import { StsError } from '#pkg/errors'
import type { CloudService } from './cloud-service.ts'

/**
 * A package that is installed only where it is needed.
 *
 * @param load - its `import()`, written out where it is called, so that bundlers and type checkers see it.
 * @throws StsError of the service's reason: `package_missing`, with the command that installs it.
 */
export async function importPackage<T>(
  { provider, reason }: CloudService,
  name: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const install = `npm install ${name}`
    throw new StsError(reason, { cause, detail: { provider, problem: 'package_missing', install } })
  }
}
