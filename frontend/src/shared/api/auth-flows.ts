import { ApiError, Offline, ownHeaders, unexpectedStatus } from "./client";

/**
 * Sign-in beyond the password, and one's own factors: the addresses below /api/auth/, whose answers are those of
 * django-allauth's headless API.
 */
export interface Answer {
  status: number;
  data: Record<string, unknown> | Record<string, unknown>[];
  meta: Record<string, unknown>;
}

/** The person must show once more who they are; then the same call goes through. */
export class ReauthenticationRequired extends Error {}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Call an authentication flow of django-allauth. 404 and 401 come back as answers where the caller says that it expects them. */
export async function callAuthFlow(
  method: Method,
  path: string,
  body?: unknown,
  expects: number[] = [],
): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`/api/auth/${path}`, {
      method,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", ...ownHeaders() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (reason) {
    throw new Offline(String(reason));
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok || expects.includes(answer.status))
    return { status: answer.status, data: content.data ?? {}, meta: content.meta ?? {} };
  const signedIn = content.meta?.is_authenticated === true;
  if (answer.status === 401 && signedIn) throw new ReauthenticationRequired();
  const errors: { message: string; code?: string; param?: string }[] = content.errors ?? [];
  throw new ApiError(
    answer.status,
    errors[0]?.code ?? content.code ?? "unknown",
    errors.map((error) => error.message).join(" ") || content.detail || unexpectedStatus(answer.status),
    errors.map((error) => ({ field: error.param ?? "", message: error.message })),
  );
}

function options(answer: Answer, name: string): never {
  return (answer.data as Record<string, { publicKey: never }>)[name]?.publicKey as never;
}

/** Whether this browser and address can use passkeys at all: they need a name and TLS, or localhost. */
export function canUsePasskeys(): boolean {
  return window.isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$/.test(location.hostname);
}

/** Let the browser answer the challenge of `path` by a passkey. */
export async function showPasskey(path: string): Promise<Answer> {
  const challenge = options(await callAuthFlow("GET", path), "request_options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(challenge);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return callAuthFlow("POST", path, { credential: credential.toJSON() });
}

/** Make a passkey by which one signs in without a password. */
export async function addPasskey(name: string): Promise<Answer> {
  const challenge = options(await callAuthFlow("GET", "factors/passkeys?passwordless"), "creation_options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(challenge);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return callAuthFlow("POST", "factors/passkeys", { name, credential: credential.toJSON() });
}
