import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** Why the server refused; `code` is stable. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: { field: string; message: string }[] = [],
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

/** The request did not reach the server. */
export class Offline extends Error {}

export function csrfToken(): string {
  return /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(csrf);

/** The header by which a change says on which state it rests; the server refuses it where that is another one by now. */
export function ifMatch(row: { etag: string }): { "If-Match": string } {
  return { "If-Match": `"${row.etag}"` };
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a call, or an exception that says why there is none. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (reason) {
    throw new Offline(String(reason));
  }
  if (!answer.response.ok) throw problem(answer.response.status, answer.error);
  return answer.data as T;
}

function problem(status: number, body: unknown): ApiError {
  const given = (typeof body === "object" && body !== null ? body : {}) as Partial<Schemas["Problem"]>;
  return new ApiError(
    status,
    given.code ?? "unknown",
    given.detail ?? `The server answered with ${status}.`,
    given.errors ?? [],
    given as Record<string, unknown>,
  );
}
