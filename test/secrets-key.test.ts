import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deriveBytes, deriveEach, readSecretsKey, type SecretsKey } from '../src/secrets-key.ts';

const TEXT = Buffer.alloc(32, 7).toString('base64');
const key = readSecretsKey({ SECRETS_KEY: TEXT }) as SecretsKey;

describe('SECRETS_KEY', () => {
  test('may be missing or empty', () => {
    expect([readSecretsKey({}), readSecretsKey({ SECRETS_KEY: '' })]).toEqual([null, null]);
  });

  test.each([
    ['too short', Buffer.alloc(31, 7).toString('base64')],
    ['too long', Buffer.alloc(33, 7).toString('base64')],
    ['with a character that base64 has not', TEXT.replace(/^./, '!')],
    ['with a line break', `${TEXT}\n`],
    ['in hexadecimal', Buffer.alloc(32, 7).toString('hex')],
  ])('%s is refused without being repeated', (_title, text) => {
    const read = () => readSecretsKey({ SECRETS_KEY: text });
    expect(read).toThrow(/^SECRETS_KEY must be 32 bytes in base64/);
    expect(read).not.toThrow(text.trim());
  });

  test('has one before it, which is nothing by itself', () => {
    const SECRETS_KEY_PREVIOUS = Buffer.alloc(32, 8).toString('base64');
    expect(() => readSecretsKey({ SECRETS_KEY_PREVIOUS })).toThrow('SECRETS_KEY_PREVIOUS is set without a SECRETS_KEY');
    expect(() => readSecretsKey({ SECRETS_KEY: TEXT, SECRETS_KEY_PREVIOUS: 'x' })).toThrow(
      /^SECRETS_KEY_PREVIOUS must be 32 bytes in base64/,
    );
    const both = readSecretsKey({ SECRETS_KEY: TEXT, SECRETS_KEY_PREVIOUS }) as SecretsKey;
    const before = readSecretsKey({ SECRETS_KEY: SECRETS_KEY_PREVIOUS }) as SecretsKey;
    expect(deriveBytes(both, 'a', 'a', 32)).toEqual(deriveBytes(key, 'a', 'a', 32));
    expect(deriveEach(both, 'a', 'a', 32)).toEqual([key, before].map((one) => deriveBytes(one, 'a', 'a', 32)));
  });

  test('does not show when it is printed', () => {
    const bytes = Buffer.alloc(32, 7);
    for (const shown of [inspect(key, { depth: 9 }), JSON.stringify({ key }), String(key)]) {
      expect(shown).not.toContain(TEXT);
      expect(shown).not.toContain(bytes.toString('hex'));
    }
  });
});

describe('derived bytes', () => {
  test('are those of RFC 5869', () => {
    // Computed with Python's hmac: HKDF-SHA256, key 32 × 07, salt "salt", info "label".
    expect(deriveBytes(key, 'label', 'salt', 42).toString('hex')).toBe(
      'f4fdb930f14208d2bc646add4868504fa2ce6ad273e18cd55a4fd1451ee4c5d68ce8dd0d20f81fef1e00',
    );
  });

  test('differ by key, label and salt', () => {
    const other = readSecretsKey({ SECRETS_KEY: Buffer.alloc(32, 8).toString('base64') }) as SecretsKey;
    const made = [
      deriveBytes(key, 'a', 'a', 32),
      deriveBytes(key, 'a', 'b', 32),
      deriveBytes(key, 'b', 'a', 32),
      deriveBytes(other, 'a', 'a', 32),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(made).size).toBe(4);
    expect(deriveBytes(key, 'a', 'a', 32).toString('hex')).toBe(made[0]);
  });
});
