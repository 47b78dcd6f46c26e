"""The documentation of this very version, built from `docs/` and served at /docs/."""

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe
from django.views.static import serve

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Documentation is not built</title></head>
<body><h1>Documentation is not built</h1>
<p>Run <code>make docs</code> in Plateau's folder and load this page again. The pages are also readable as they are, in
<code>docs/</code>.</p></body></html>
"""


@require_safe
def documentation(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page or another file of the site; public, as the API's document is.

    Browsers ask each time whether a file changed: an upgrade changes it under the same address.
    """
    site = settings.DOCUMENTATION_ROOT
    if not (site / "index.html").exists():
        return HttpResponse(NOT_BUILT, status=503)
    name = f"{path}index.html" if path[-1:] in ("", "/") else path
    try:
        response = serve(request, name, document_root=str(site))
    except (Http404, SuspiciousFileOperation):
        if _is_page(path):
            return redirect_to_folder(request)
        response = HttpResponse((site / "404.html").read_bytes(), status=404)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def redirect_to_folder(request: HttpRequest) -> HttpResponseBase:
    """The same address with a slash at its end: links in pages are relative to that."""
    return HttpResponsePermanentRedirect(f"{request.path}/")


def _is_page(path: str) -> bool:
    """Whether a page has this address but for the slash."""
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and settings.DOCUMENTATION_ROOT.joinpath(*parts, "index.html").exists()
