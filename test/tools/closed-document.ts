/**
 * Writes the document that a running service publishes as the service is built: objects are closed, and what serializers
 * write for a field without a value is read, though nobody is asked to send it. Arguments: the document's URL, the file.
 */
import { writeFileSync } from 'node:fs';
import { closed } from '../support/closed.ts';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const [url = '', file = ''] = process.argv.slice(2);
const published: unknown = await (await fetch(url)).json();
const document = closed(published as { components: { schemas: Record<string, object> } });
for (const [name, schema] of Object.entries(document.components.schemas)) {
  if (name.endsWith('Request')) document.components.schemas[name] = withEmptyValues(schema);
}
writeFileSync(file, JSON.stringify(document));

/** null for a field that may be missing, and `[]` for an object without required fields. */
function withEmptyValues(schema: Schema): object {
  if (schema.items) return { ...schema, items: withEmptyValues(schema.items) };
  if (schema.type !== 'object') return schema;
  const { properties, required = [] } = schema;
  const fields = Object.entries(properties ?? {}).map(([name, field]) => {
    const read = withEmptyValues(field);
    return [name, required.includes(name) ? read : { anyOf: [read, { type: 'null' }] }];
  });
  const object = properties ? { ...schema, properties: Object.fromEntries(fields) } : schema;
  return required.length > 0 ? object : { anyOf: [object, { type: 'array', maxItems: 0 }] };
}
