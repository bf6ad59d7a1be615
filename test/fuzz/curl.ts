/** A request as a line for the shell that sends the same bytes. */
export function curlOf(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string | string[]>>,
  body: string | Buffer | undefined,
): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `-H ${quoted(one === '' ? `${name};` : `${name}: ${one}`)}`),
  );
  const address = quoted(`http://127.0.0.1:${port}${path}`);
  const call = ['curl -si --path-as-is --globoff', `-X ${method}`, address, ...sent].join(' ');
  if (body === undefined) return call;
  return `echo ${Buffer.from(body).toString('base64')} | base64 -d | ${call} --data-binary @-`;
}
