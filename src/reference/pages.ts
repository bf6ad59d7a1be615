/** The pages for people: the reference with its forms to try, and one page for each refusal. */
import type { ErrorEntry, OperationName } from '../openapi/error-guide.ts';
import { type Html, html } from './html.ts';

/** Where an asset of this name is served. */
type AddressOf = (name: string) => string;

/** /docs: Swagger UI draws the document into it. */
export function referencePage(asset: AddressOf): string {
  const head = html`<link rel="stylesheet" href="${asset('swagger-ui.css')}">
<link rel="stylesheet" href="${asset('reference.css')}">
<script src="${asset('swagger-ui-bundle.js')}" defer></script>
<script src="${asset('reference.js')}" defer></script>`;
  const body = html`<main id="reference"><p class="waiting">Loading the reference. It needs JavaScript;
<a href="/openapi.json">openapi.json</a> does not.</p></main>`;
  return page(asset, 'Tranche API', head, body);
}

/** /docs/errors: all of them. */
export function errorsPage(asset: AddressOf, entries: readonly ErrorEntry[]): string {
  const statuses = [...new Set(entries.map(({ status }) => status))];
  const sections = statuses.map((status) => {
    const rows = entries.filter((entry) => entry.status === status).map(rowOf);
    return html`<section id="${status}"><h2>${status}</h2><table>
<thead><tr><th>Reason</th><th>Code and type</th><th>Message</th><th>Meaning, and what to do</th><th>Operations</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
  });
  const jumps = statuses.map((status) => html`<a href="#${status}">${status}</a>`);
  const main = html`<main><h1>Refusals</h1>
<p>Every refusal has the same shape. Its reason is in the header <code>Error-Reason</code> and never changes its name:
switch on it. Messages are for people, and examples here where they depend on the request.</p>
<p class="jumps">${jumps}</p>${sections}</main>`;
  return page(asset, 'Refusals', html`<link rel="stylesheet" href="${asset('errors.css')}">`, withBar(main));
}

function rowOf({ reason, code, type, message, meaning, remedy, operations }: ErrorEntry): Html {
  return html`<tr><td><a href="/docs/errors/${reason}"><code>${reason}</code></a></td>
<td><code>${code}</code><br><code>${type}</code></td><td>${message}</td><td>${meaning} <em>${remedy}</em></td>
<td>${operations.length}</td></tr>`;
}

/** /docs/errors/<reason> */
export function errorPage(asset: AddressOf, entry: ErrorEntry): string {
  const { reason, status, code, type, message, meaning, remedy, retryAfterSeconds, operations } = entry;
  // As the service answers it: the body says retryAfter only where its length depends on the request.
  const retryAfter = reason === 'rate_limit_exceeded' ? { retryAfter: retryAfterSeconds } : {};
  const body = JSON.stringify({ error: { code, message, type, ...retryAfter } }, null, 2);
  const retry = retryAfterSeconds === null ? '' : `\nRetry-After: ${retryAfterSeconds}`;
  const main = html`<main><h1><code>${reason}</code></h1>
<p>${meaning}</p><h2>What to do</h2><p>${remedy}</p><h2>The answer</h2>
<pre>HTTP/1.1 ${status}
Error-Reason: ${reason}${retry}

${body}</pre>
<h2>Where</h2>${operations.length === 0 ? html`<p>No operation of the reference refuses so.</p>` : operationList(operations)}</main>`;
  return page(asset, reason, html`<link rel="stylesheet" href="${asset('errors.css')}">`, withBar(main));
}

function operationList(operations: readonly OperationName[]): Html {
  const items = operations.map(
    ({ operationId, tag, summary, method, path }) =>
      html`<li><a href="${`/docs#/${encodeURIComponent(tag)}/${operationId}`}">${summary}</a> <code>${method} ${path}</code></li>`,
  );
  return html`<ul>${items}</ul>`;
}

function withBar(main: Html): Html {
  return html`<nav><a href="/docs">Reference</a> <a href="/docs/errors">Refusals</a></nav>${main}`;
}

function page(asset: AddressOf, title: string, head: Html, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${asset('icon.svg')}">
${head}
</head>
<body>
${body}
</body>
</html>
`.text;
}
