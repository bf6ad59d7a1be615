/**
 * TLS to PostgreSQL, as the URL asks for it.
 */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

/**
 * As libpq understands `sslmode`: https://www.postgresql.org/docs/18/libpq-ssl.html. `direct` is `sslnegotiation=direct`.
 */
export interface TlsMode {
  readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  readonly direct: boolean;
  /** The path of the certificates to trust instead of Node's own. */
  readonly rootCertificate: string | null;
}

/** Parameters of the URL that are read here; the driver would send what it does not know to the server. */
export const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslnegotiation'];

/** @throws TypeError for a `sslmode` that PostgreSQL does not have */
export function readTlsMode(parameters: URLSearchParams): TlsMode {
  const rootCertificate = parameters.get('sslrootcert');
  const mode =
    parameters.get('sslmode') ?? parameters.get('ssl') ?? (rootCertificate === 'system' ? 'verify-full' : 'disable');
  const known = TLS_MODES[mode];
  if (known === undefined) {
    throw new TypeError(`sslmode must be one of ${Object.keys(TLS_MODES).join(', ')}, got ${mode}`);
  }
  return {
    mode: known,
    direct: parameters.get('sslnegotiation') === 'direct',
    rootCertificate: rootCertificate === 'system' ? null : rootCertificate,
  };
}

/** `allow` asks for TLS first, as `prefer` does; `true` and `false` are what the driver understood of `ssl`. */
const TLS_MODES: Readonly<Record<string, TlsMode['mode']>> = {
  disable: 'disable',
  false: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  true: 'verify-full',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

/** Begins TLS on a connection to this host. @throws Error when the file of trusted certificates cannot be read */
export function secure(socket: net.Socket, host: string, { mode, direct, rootCertificate }: TlsMode): tls.TLSSocket {
  return tls.connect({
    socket,
    ...(net.isIP(host) === 0 && { servername: host }),
    host,
    rejectUnauthorized: mode.startsWith('verify'),
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    ...(direct && { ALPNProtocols: ['postgresql'] }),
    ...(rootCertificate !== null && { ca: readFileSync(rootCertificate) }),
  });
}
