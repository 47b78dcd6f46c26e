import { i18n } from "@lingui/core";
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

/** What every request bears: that it comes from our page, and in which language the server answers. */
export function ownHeaders(): Record<string, string> {
  return { "X-CSRFToken": csrfToken(), "Accept-Language": i18n.locale || "en" };
}

const withOwnHeaders: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders())) request.headers.set(name, value);
    return request;
  },
};

/** Of an answer that says nothing, such as that of a proxy before the server. */
export function unexpectedStatus(status: number): string {
  return i18n._("The server answered with status {status}. Try again.", { status });
}

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(withOwnHeaders);

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
  const partial = (typeof body === "object" && body !== null ? body : {}) as Partial<Schemas["Problem"]>;
  return new ApiError(
    status,
    partial.code ?? "unknown",
    partial.detail ?? unexpectedStatus(status),
    partial.errors ?? [],
    partial as Record<string, unknown>,
  );
}
