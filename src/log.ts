import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

/** JSON lines on standard output. Nothing secret is ever handed to it; the redaction is the second guard. */
export function createLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger {
  return pino({
    level: LOG_LEVEL,
    redact: { paths: ['*.authorization', '*["x-api-key"]', '*.apiKey', '*.password', '*.hash'], censor: '[redacted]' },
  });
}
