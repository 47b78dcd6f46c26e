import "@testing-library/jest-dom/vitest";
import { notifications } from "@mantine/notifications";
import { cleanup } from "@testing-library/react";
import { afterEach, expect } from "vitest";
import { answerCall, resetServer } from "./server";

// The client takes these when its module is loaded. Node's own Request takes no address without a host.
globalThis.fetch = answerCall;
globalThis.Request = class extends Request {
  constructor(address: RequestInfo | URL, init?: RequestInit) {
    super(typeof address === "string" ? new URL(address, location.href) : address, init);
  }
};

// What browsers have and jsdom has not; Mantine asks for these.
window.matchMedia = (media) =>
  ({
    media,
    matches: false,
    addEventListener: () => {},
    removeEventListener: () => {},
  }) as unknown as MediaQueryList;
window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
Element.prototype.scrollIntoView = () => {};
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

afterEach(() => {
  cleanup();
  notifications.clean(); // toasts that are shown or wait, which all tests of a worker share
  notifications.cleanQueue();
  localStorage.clear();
  sessionStorage.clear();
  const unexpected = resetServer();
  expect(unexpected, "calls that the test's server does not know").toEqual([]);
});
