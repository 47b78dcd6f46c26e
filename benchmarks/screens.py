"""How fast the screens are for whoever uses them, in Chromium against a running demo.

    PYTHONPATH=. python benchmarks/screens.py http://127.0.0.1:8000 var/demo-sign-ins.json [--only pages] [--runs 5]

`first-load`: the annotator's first load on 1.6 Mbit/s and 150 ms with an empty cache, until the item is drawn;
budget 2.0 s.
`next-item`: from Enter to the next item's name, prefetched.
`pages`: every page, by full load with a warm cache, until its heading is there and no skeleton is left; budget 300 ms.
Medians of the runs. Other load on the machine shows up in every figure: the load average is told beside them.
"""

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from docs.screenshots import sign_in
from tests.browser.chromium import chromium

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
FIRST_LOAD, WARM = 2000, 300  # ms
ROUTES: dict[str, list[str]] = {
    "manager": [
        "/overview",
        "/projects",
        "/projects/new",
        *(
            f"/projects/1{tab}"
            for tab in (
                "",
                "/items",
                "/labels",
                "/workflow",
                "/quality",
                "/experiments",
                "/budget",
                "/snapshots",
                "/settings",
            )
        ),
        "/datasets",
        "/datasets/1",
        "/datasets/1/imports",
        "/datasets/1/usage",
        "/datasets/1/settings",
        "/members",
        "/inbox",
        "/inbox/settings",
        "/contracts",
    ],
    "annotator": ["/label", "/label/2", "/label/3"],
    "reviewer": ["/review", "/review/1"],
    "scientist": [
        "/models",
        "/models/1/image_probe",
        "/versions/1",
        "/versions/1?tab=evaluation",
        "/compare?versions=1,2",
        "/deployments",
        "/deployments/fashion",
        "/runs/1",
        "/jobs",
        "/calculator",
        "/contracts/new",
    ],
    "admin": ["/integrations", "/usage", "/security", "/audit-log", "/settings"],
    "customer": ["/overview", "/contracts", "/contracts/1"],
}
# Set before the page's own code: when the heading, or the picture to label, is there and nothing loads any more.
READY = """
(() => {
  const shown = () => {
    if (location.pathname.match(/^.(label|review).[0-9]/)) {
      const name = document.querySelector(".item-name");
      if (!name || !name.textContent) return false;
      return (document.querySelector(".stage canvas") || document.querySelector(".text-stage"));
    }
    const main = document.querySelector("main");
    return main && main.querySelector("h1") && !main.querySelector('.mantine-Skeleton-root, [aria-label="Loading…"]');
  };
  const look = () => {
    if (shown()) window.readyAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
"""
NEXT = """
async (key) => {
  const name = document.querySelector(".item-name");
  const before = name.textContent;
  const press = (key) => window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press(key);
  await new Promise((done) => setTimeout(done, 120));
  const begun = performance.now();
  press("Enter");
  for (;;) {
    if (document.querySelector(".item-name")?.textContent !== before) return performance.now() - begun;
    if (performance.now() - begun > 5000) return null;
    await new Promise((done) => requestAnimationFrame(done));
  }
}
"""


def session(browser: Browser, address: str, person: dict[str, str]) -> list[Any]:
    """The cookies of somebody who signed in."""
    context = browser.new_context()
    sign_in(context.new_page(), address, person)
    cookies = context.cookies()
    context.close()
    return cookies


def opened(browser: Browser, cookies: list[Any]) -> tuple[BrowserContext, Page]:
    """A page of that session, with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en", bypass_csp=True)
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(READY)
    return context, page


def ready(page: Page) -> float:
    """Milliseconds from the start of navigation until the main content was there."""
    page.wait_for_function("window.readyAt !== undefined", timeout=30_000)
    return float(page.evaluate("window.readyAt"))


def first_load(browser: Browser, address: str, cookies: list[Any], runs: int, path: str) -> None:
    """Each run with an empty cache."""
    times, sizes = [], []
    for _ in range(runs):
        context, page = opened(browser, cookies)
        client = context.new_cdp_session(page)
        received: list[float] = []
        client.send("Network.enable")
        client.on("Network.loadingFinished", lambda event, sizes=received: sizes.append(event["encodedDataLength"]))
        client.send("Network.emulateNetworkConditions", SLOW)
        page.goto(f"{address}{path}", wait_until="commit")
        times.append(ready(page))
        sizes.append(sum(received))
        context.close()
    median, spread = statistics.median(times), f"{min(times):.0f} to {max(times):.0f}"
    verdict = "held" if median <= FIRST_LOAD else "OVER"
    print(
        f"first load {path} at 1.6 Mbit/s, 150 ms: median {median:.0f} ms ({spread}), "
        f"{statistics.median(sizes) / 1000:.0f} kB by then; budget {FIRST_LOAD} ms: {verdict}"
    )


def next_item(browser: Browser, address: str, cookies: list[Any], count: int) -> None:
    """One class after the other, as fast as the screen lets."""
    context, page = opened(browser, cookies)
    page.goto(f"{address}/label/1")
    ready(page)
    page.wait_for_timeout(1500)
    times = sorted(time for time in (page.evaluate(NEXT, "1") for _ in range(count)) if time is not None)
    if times:
        median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        print(f"next item after Enter: median {median:.0f} ms, 95th percentile {p95:.0f} ms, {len(times)} of {count}")
    context.close()


def pages(browser: Browser, address: str, people: list[dict[str, str]], runs: int) -> None:
    """Once to warm the cache, then the runs."""
    over = 0
    for person in people:
        context, page = opened(browser, session(browser, address, person))
        for path in ROUTES[person["role"]]:
            times = []
            for run in range(runs + 1):
                page.goto(f"{address}{path}", wait_until="commit")
                try:
                    time = ready(page)
                except Exception as error:  # told, not hidden: the others are still measured
                    print(f"{person['role']:>10} {path}: {str(error).splitlines()[0]}")
                    break
                times += [time] if run else []
            if times:
                median, spread = statistics.median(times), f"{min(times):.0f} to {max(times):.0f}"
                over += median > WARM
                mark = "  OVER" if median > WARM else ""
                print(f"{person['role']:>10} {path:<40} {median:5.0f} ms ({spread}){mark}", flush=True)
        context.close()
    print(f"pages over {WARM} ms: {over}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("sign_ins", type=Path)
    parser.add_argument("--only", choices=("first-load", "next-item", "pages"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    people = json.loads(options.sign_ins.read_text())
    by_role = {person["role"]: person for person in people}
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        annotator = session(browser, options.address, by_role["annotator"])
        if options.only in (None, "first-load"):
            for path in ("/label/2", "/label/1"):
                first_load(browser, options.address, annotator, options.runs, path)
        if options.only in (None, "next-item"):
            next_item(browser, options.address, annotator, 30)
        if options.only in (None, "pages"):
            pages(browser, options.address, people, options.runs)
        browser.close()
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
