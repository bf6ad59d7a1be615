/**
 * The log: JSON lines on standard output. Nothing secret is handed to it on purpose; what gets into an error's message
 * or a header by accident is taken out of the finished line, wherever in it it is.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { loggable } from './loggable.ts';

const CENSOR = '[redacted]';
/** What is recognised as a secret, and what stays of it. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // The public id of an API key stays: it tells whose key it was.
  [/(sk_(?:test|hackathon|live)_[0-9a-f]{16})[0-9a-f]+/gi, `$1${CENSOR}`],
  // The rest of a key alone: secret and checksum.
  [/(?<![0-9a-f])[0-9a-f]{72}(?![0-9a-f])/gi, CENSOR],
  [/whsec_[\w+/=-]+/gi, `whsec_${CENSOR}`],
  // user:password@ in a URL.
  [/(\/\/[^\s:@/"'\\]*:)[^\s@/"'\\]+@/g, `$1${CENSOR}@`],
];

/** A line without the secrets that can be told by their form. Replacing them leaves JSON valid. */
export function redactLine(line: string): string {
  return redactEncodedUrls(SECRETS.reduce((text, [secret, replacement]) => text.replace(secret, replacement), line));
}

const ENDS_URL = new Set(' \t\n\r:@/"\'\\');

/**
 * user:password@ in a percent-encoded URL. By hand, because an expression that finds all three signs in any text takes
 * the cube of its length, and clients choose what is in a query.
 */
function redactEncodedUrls(line: string): string {
  if (!line.includes('%40')) return line;
  const pieces = line.split('%40');
  const before = pieces.slice(0, -1).map((piece) => {
    let start = piece.length;
    while (start > 0 && !ENDS_URL.has(piece.charAt(start - 1))) start--;
    const url = piece.slice(start);
    const slashes = url.search(/%2F%2F/i);
    const colon = slashes === -1 ? -1 : url.slice(slashes).search(/%3A/i);
    return colon === -1 ? piece : `${piece.slice(0, start + slashes + colon + '%3A'.length)}${CENSOR}`;
  });
  return [...before, pieces.at(-1)].join('%40');
}

/** @param destination default: standard output */
export function createLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, destination?: DestinationStream): Logger {
  return pino(
    {
      level: LOG_LEVEL,
      redact: {
        paths: ['*.authorization', '*["x-api-key"]', '*.apiKey', '*.password', '*.secret', '*.hash'],
        censor: CENSOR,
      },
      // Drivers add statements, parameters and connection options to their errors: only what is known is shown.
      serializers: { err: loggable },
      hooks: { streamWrite: redactLine },
    },
    destination,
  );
}
