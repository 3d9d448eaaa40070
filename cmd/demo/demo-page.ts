import type { World } from '../../emulator/index.ts'
import type { Activity } from './activity.ts'
import { exchangeCommand, type Guide } from './guide.ts'
import { startPageServer, type PageServer } from './page/page-server.ts'
import { renderPage } from './page/render-page.ts'
import { DEMO_DOMAIN, type Programs } from './programs.ts'

/** What the page shows, and where it is to be. */
export interface DemoPageOptions {
  readonly port: number
  readonly world: World
  readonly programs: Programs
  readonly activity: Activity
  /** The folder whose policies can be edited. */
  readonly policies: string
}

/** A page that is open, and the guide that it shows. */
export interface DemoPage extends PageServer {
  readonly guide: Guide
}

/** Opens the demo's page. */
export async function openDemoPage(options: DemoPageOptions): Promise<DemoPage> {
  const { port, programs, activity } = options
  const { prober, negativeProber } = programs.probers
  const server = await startPageServer({
    port,
    renderPage: ({ url, isStill }) =>
      renderPage(
        {
          guide: guideWith(url, options),
          activity,
          probers: [
            { name: 'prober', purpose: 'A user of the service', result: prober.latest() },
            {
              name: 'negative-prober',
              purpose: 'Somebody who must get nothing: a token for it is an incident',
              result: negativeProber.latest(),
            },
          ],
          now: Date.now(),
        },
        isStill,
      ),
  })
  return { ...server, guide: guideWith(server.url, options) }
}

function guideWith(pageUrl: string, { world, programs, policies }: DemoPageOptions): Guide {
  const { serviceUrl, webhookUrl, probers } = programs
  const { github, issuer, organization } = world
  return {
    places: [
      { name: 'this demo', url: pageUrl, purpose: 'what happens here, live, for a browser' },
      { name: 'github-sts', url: serviceUrl, purpose: 'gRPC and JSON on one port' },
      { name: 'GitHub', url: github.baseUrl, purpose: `emulated: ${organization} and its repositories` },
      { name: 'OIDC issuer', url: issuer.issuer, purpose: 'speaks for jobs of GitHub Actions' },
      { name: 'webhook', url: webhookUrl, purpose: 'checks policies when they are pushed' },
      { name: 'prober', url: probers.prober.url, purpose: 'uses the service, and says whether it works' },
      {
        name: 'negative prober',
        url: probers.negativeProber.url,
        purpose: 'tries what must be refused, and says whether it is',
      },
    ],
    policies,
    exchangeCommand: exchangeCommand(serviceUrl, issuer.issuer, DEMO_DOMAIN),
  }
}
