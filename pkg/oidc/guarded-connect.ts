import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import type { buildConnector } from 'undici'
import { StsError } from '#pkg/errors'
import { abortable, withDeadline } from '#pkg/store'
import { classifyAddress } from './ip-address.ts'
import { isLocal, isRefusedName, type Allowance, type Reach } from './reach.ts'
import { codeOf, type ResolveHost } from './resolve-host.ts'

/** Opens a TCP connection to an IP address that has been checked. */
export type Dial = (address: string, port: number) => Socket

/** The way out to the network; tests put their own servers behind public names and addresses here. */
export interface Network {
  readonly resolve: ResolveHost
  readonly dial: Dial
  /** Whose certificates count; undefined: the system's. Must not allow less than TLS 1.2. */
  readonly secureContext: SecureContext | undefined
}

/** For the TCP and TLS handshakes with one address, before the next is tried. */
const CONNECT_TIMEOUT_MS = 3_000
/** Addresses of one host that are tried. */
const ADDRESSES_TRIED_MAX = 3

/** Dials with the operating system. */
export const dialTcp: Dial = (address, port) => connectTcp({ host: address, port })

/**
 * The one way in which a connection to an issuer comes about, for names and IP literals alike: resolve
 * once, check every address, connect to one that was checked. The name stays in SNI, in the check of
 * the certificate and in `Host`.
 *
 * @param signal - ends whatever connection is being made.
 */
export function createGuardedConnector(
  network: Network,
  reach: Reach,
  signal: AbortSignal,
): buildConnector.connector {
  return (target, callback) => {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`)
    connect(url).then(
      (socket) => {
        callback(null, socket)
      },
      (thrown: unknown) => {
        callback(thrown instanceof StsError ? thrown : networkError(thrown), null)
      },
    )
  }

  async function connect(url: URL): Promise<Socket> {
    let failure: unknown
    for (const address of (await allowedAddresses(url)).slice(0, ADDRESSES_TRIED_MAX)) {
      try {
        return await openSocket(url, address)
      } catch (thrown) {
        signal.throwIfAborted()
        failure = thrown
      }
    }
    throw failure instanceof StsError ? failure : networkError(failure)
  }

  /** @throws StsError `issuer_address_refused` if the host or any of its addresses is not allowed. */
  async function allowedAddresses(url: URL): Promise<readonly string[]> {
    const hostname = hostOf(url)
    const allowance = reach(url)
    if (url.protocol !== 'https:' && !allowance.plainHttp) throw new StsError('issuer_address_refused')
    const addresses = isIP(hostname) === 0 ? await resolveName(hostname, allowance) : [hostname]
    if (addresses.length === 0) throw new StsError('issuer_network', { detail: { code: 'ENOTFOUND' } })
    if (!addresses.every((address) => allowance.addresses.includes(classifyAddress(address)))) {
      throw new StsError('issuer_address_refused')
    }
    return addresses
  }

  async function resolveName(hostname: string, allowance: Allowance): Promise<readonly string[]> {
    if (isRefusedName(hostname, allowance)) throw new StsError('issuer_address_refused')
    return abortable(network.resolve(hostname, { local: isLocal(allowance), signal }), signal)
  }

  async function openSocket(url: URL, address: string): Promise<Socket> {
    const secure = url.protocol === 'https:'
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
    return withDeadline({ ms: CONNECT_TIMEOUT_MS, signal, late: connectTimeout }, async (attempt) => {
      const tcp = network.dial(address, port).on('error', ignore)
      try {
        await once(tcp, 'connect', { signal: attempt })
        return secure ? await secureSocket(tcp, hostOf(url), attempt) : tcp
      } catch (thrown) {
        tcp.destroy()
        throw thrown
      }
    })
  }

  async function secureSocket(tcp: Socket, host: string, attempt: AbortSignal): Promise<Socket> {
    const tls = connectTls({
      socket: tcp,
      host,
      // RFC 6066, section 3: literal addresses are not permitted in SNI.
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // Said out loud: an environment variable can switch the default off.
      rejectUnauthorized: true,
      ...(network.secureContext !== undefined && { secureContext: network.secureContext }),
    }).on('error', ignore)
    try {
      await once(tls, 'secureConnect', { signal: attempt })
      return tls
    } catch (thrown) {
      tls.destroy()
      throw thrown
    }
  }
}

function connectTimeout(): StsError {
  return new StsError('issuer_network', { detail: { code: 'ETIMEDOUT' } })
}

/** For errors that come when nobody waits for the socket: they must not end the process. */
function ignore(): void {
  // Whoever uses the socket has listeners of its own.
}

/** The host of a URL; an IPv6 address without its brackets. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/**
 * A failure of the network, by the code of what was thrown. The error itself is dropped: those of
 * parsers and of TLS carry bytes and names that the other side sent.
 */
export function networkError(thrown: unknown): StsError {
  return new StsError('issuer_network', { detail: { code: codeOf(thrown) } })
}
