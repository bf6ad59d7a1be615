/** The ids that answers have named, to be asked for again: by those they belong to, and by others. */
import type { Answer } from '../support/http-client.ts';

/** The latest of each kind: the older an object, the less is left to do with it. */
const KEPT = 24;
const ID = /^(intent|escrow_order|milestone|cmd|payout|key)_[0-9a-z]+$/;
const KIND_OF_PARAMETER: Readonly<Record<string, string>> = {
  intentId: 'intent',
  milestoneId: 'milestone',
  commandId: 'cmd',
  payoutId: 'payout',
  keyId: 'key',
};

export class KnownIds {
  readonly #byKind = new Map<string, string[]>();
  /** By milestone. */
  readonly #intents = new Map<string, string>();

  /** Keeps what an answer names. Of API keys only new ones: the fuzzer's own are not to be revoked. */
  learn(operationId: string, answer: Answer): void {
    this.#walk(answer.json, operationId === 'createApiKey' || operationId === 'rotateApiKey');
  }

  #walk(value: unknown, withKeys: boolean): void {
    if (typeof value !== 'object' || value === null) return;
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object') this.#walk(inner, withKeys);
      const kind = typeof inner === 'string' ? ID.exec(inner)?.[1] : undefined;
      if (kind !== undefined && (kind !== 'key' || withKeys)) this.add(kind, inner);
    }
    const { id, paymentIntentId } = value as Readonly<Record<string, unknown>>;
    if (String(id).startsWith('milestone_') && typeof paymentIntentId === 'string') {
      this.#intents.set(String(id), paymentIntentId);
    }
  }

  add(kind: string, id: string): void {
    const kept = (this.#byKind.get(kind) ?? []).filter((one) => one !== id);
    this.#byKind.set(kind, [...kept, id].slice(-KEPT));
  }

  /** One of a kind; something of its form where none is known. */
  pick(kind: string, dice: number): string {
    const ids = this.#byKind.get(kind) ?? [];
    return ids[dice % Math.max(ids.length, 1)] ?? `${kind}_01abc`;
  }

  /** The path's ids; mostly a milestone goes with its own order. */
  pathOf(template: string, segments: Readonly<Record<string, string>>, dice: number): string {
    const milestone = this.pick('milestone', dice);
    const own = dice % 8 === 0 || !template.includes('{milestoneId}') ? undefined : this.#intents.get(milestone);
    return template.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
      const given = segments[name];
      if (given !== undefined) return this.filled(given, dice);
      if (name === 'milestoneId') return milestone;
      return (name === 'intentId' ? own : undefined) ?? this.pick(KIND_OF_PARAMETER[name] ?? name, dice);
    });
  }

  /** A text with the ids that it asks for (`idOf` of valid.ts). */
  filled(text: string, dice: number): string {
    return text.replaceAll(/(?:<<|%3C%3C)(\w+?)(?:>>|%3E%3E)/g, (_match, kind: string) => this.pick(kind, dice));
  }
}
