import { unless } from '../../support/requirement.ts'
import { readSchemas } from './provider-package.ts'
import { hasTerraform } from './terraform.ts'

/** Why a test that plans or validates is skipped, or false. */
export const WITHOUT_TERRAFORM: string | false =
  unless('terraform', hasTerraform, 'terraform') ||
  unless(
    'provider-schema',
    hasTerraform && (await hasSchemas()),
    "the provider's schema, a package from npm,",
  )

async function hasSchemas(): Promise<boolean> {
  return readSchemas([]).then(
    () => true,
    () => false,
  )
}
