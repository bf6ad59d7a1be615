/**
 * How large what crosses a Temporal boundary may be. Temporal refuses a payload above 2 MiB, and fails the run that sends
 * one; it warns above 256 KiB. So each kind is cut or refused before, in bytes as they are sent: JSON in UTF-8.
 */
import type { Command } from './commands.ts';

/** Temporal's own limit of one payload, `limit.blobSize.error`. */
export const PAYLOAD_MAX_BYTES = 2 * 1024 * 1024;

/**
 * Of one command, texts included. Twice what HTTP lets in as a body, so only a signal that somebody makes by hand can be
 * beyond it. Its entry is recorded in one piece, however large it is.
 */
export const COMMAND_MAX_BYTES = 128 * 1024;

/** Of one signal by this service: so many commands of one type. The rest of 256 KiB is for their proofs. */
export const SIGNAL_LIMITS = { commands: 50, bytes: 224 * 1024 };

/** Of the entries of one answer of an activity, but for a single one that is larger. */
export const ANSWER_MAX_BYTES = 224 * 1024;

const ASCII = /^[\x20-\x7e]*$/;

/** The length of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  if (ASCII.test(json)) return json.length;
  let bytes = 0;
  for (let position = 0; position < json.length; position++) {
    const unit = json.charCodeAt(position);
    // JSON.stringify leaves only whole pairs of surrogates: four bytes for two units.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

/** How many from the start fit together into `maxBytes`. The first always does: whatever comes next could not fit either. */
export function countWithin(maxBytes: number, values: readonly unknown[]): number {
  let bytes = 0;
  for (const [count, value] of values.entries()) {
    bytes += jsonBytes(value);
    if (count > 0 && bytes > maxBytes) return count;
  }
  return values.length;
}

/** How many commands from the start go out in one signal: neighbours of one type, within {@link SIGNAL_LIMITS}. */
export function countOfSignal(commands: readonly Command[]): number {
  const end = commands.slice(0, SIGNAL_LIMITS.commands).findIndex(({ type }) => type !== commands[0]?.type);
  return countWithin(SIGNAL_LIMITS.bytes, commands.slice(0, end === -1 ? SIGNAL_LIMITS.commands : end));
}
