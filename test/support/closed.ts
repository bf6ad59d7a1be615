/**
 * The document as the service is built: an object that lists its fields has no others. What is published leaves that
 * open, because answers may get fields in any version; here an unknown field of an answer is a fault, and a request
 * with one is a request to refuse.
 */
export function closed<Value>(given: Value): Value {
  if (Array.isArray(given)) return given.map(closed) as Value;
  if (typeof given !== 'object' || given === null) return given;
  const parts = Object.entries(given).map(([key, value]) => [key, closed(value)]);
  const node = Object.fromEntries(parts);
  const listsItsFields = node.type === 'object' && node.additionalProperties === undefined;
  return listsItsFields ? { ...node, additionalProperties: false } : node;
}
