"""Style sheets, scripts, the ground of the map: files of the package, the same for everybody."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response

from truceline.edges.web import built_folder
from truceline.reports.tables import bar_styles

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".pmtiles": "application/octet-stream",
    ".json": "application/json",
}

router = APIRouter(include_in_schema=False)


@router.get("/assets/{name}")
async def asset(request: Request, name: str) -> Response:
    """A file by its name. Whoever has it already is told so."""
    if name == "page.css":
        style = files("truceline.reports").joinpath("templates", "page.css").read_bytes() + bar_styles().encode()
        return _tagged(request, style, ".css")
    suffix = Path(name).suffix
    found = built_folder().joinpath(name)
    if "/" in name or "\\" in name or suffix not in TYPES or not found.is_file():
        found = files("truceline.edges.web").joinpath("plain", name)
        if suffix not in TYPES or "/" in name or "\\" in name or not found.is_file():
            raise HTTPException(404, "there is no such file; ask for a page")
    if suffix == ".pmtiles":
        # Read in ranges, so it is sent from the disk.
        return FileResponse(str(found), media_type=TYPES[suffix], headers={"Cache-Control": "private, max-age=86400"})
    return _tagged(request, found.read_bytes(), suffix)


def _tagged(request: Request, data: bytes, suffix: str) -> Response:
    etag = f'"{sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=TYPES[suffix])
