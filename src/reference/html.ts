/**
 * HTML from template literals: `html` escapes whatever is put into it, except what `html` made. Small enough to be our
 * own: a template language would be a dependency whose templates the type checker does not see.
 */

/** Text that may stand in a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Html[];

/** A page or a part of one. In attributes, put quotes around what is filled in. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((before, after, index) => `${before}${rendered(parts[index - 1] ?? '')}${after}`));
}

function rendered(part: Part): string {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('\n') : escaped(String(part));
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
