/** What the page sent. */
export interface Call {
  query: URLSearchParams;
  body: unknown;
}

type Route = (call: Call) => Response | Promise<Response>;

/** What many pages ask for, and few tests are about. */
const ALWAYS: Record<string, Route> = {
  "GET /api/v1/saved-views/": () => Response.json({ results: [], next: null, previous: null, count: 0 }),
};
let routes: Record<string, Route> = {};
let unexpected: string[] = [];

/** Answer calls by method and path, such as `GET /api/v1/roles/`. Any other call fails the test. */
export function serve(more: Record<string, Route>): void {
  routes = { ...routes, ...more };
}

/** Forget the routes; returns the calls that had none. */
export function resetServer(): string[] {
  const calls = unexpected;
  routes = {};
  unexpected = [];
  return calls;
}

export async function answerCall(address: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(address, init);
  const { pathname, searchParams } = new URL(request.url);
  const name = `${request.method} ${pathname}`;
  const route = routes[name] ?? ALWAYS[name];
  if (!route) {
    unexpected.push(name);
    return problem(404, "not_found", `The test's server does not know ${name}.`);
  }
  const text = await request.text();
  return route({ query: searchParams, body: text ? JSON.parse(text) : null });
}

/** A page of a list. */
export function listed<T>(results: T[], next: string | null = null): Response {
  return Response.json({ results, next, previous: null, count: results.length });
}

/** A refusal as the server words it, with what is wrong of each field. */
export function problem(
  status: number,
  code: string,
  detail: string,
  errors: { field: string; message: string }[] = [],
): Response {
  const body = { type: "about:blank", title: code, status, code, detail, errors };
  return Response.json(body, { status, headers: { "Content-Type": "application/problem+json" } });
}
