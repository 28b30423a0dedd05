"""OpenRosa: forms for ODK Collect and its kin, and what they submit. A device signs in with its account and a key."""

from hashlib import md5
from importlib.resources import files
from typing import Any

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from truceline.edges.api.guard import Seated, Serving
from truceline.edges.live.field import FieldReport, Photo, keep_report
from truceline.formats.openrosa import Form, field_report, form_list, manifest, read_instance, response

MOST_SUBMISSION = 12 * 1024**2
FORM = "truceline-report"
VERSION = "1"
HEADERS = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": str(MOST_SUBMISSION)}

router = APIRouter(prefix="/openrosa", include_in_schema=False)


def _xml(data: bytes, code: int = 200) -> Response:
    return Response(data, code, HEADERS, "text/xml; charset=utf-8")


def _form() -> bytes:
    return files("truceline.edges.web").joinpath("forms", "report.xml").read_bytes()


@router.get("/formList")
async def forms(request: Request, service: Serving) -> Response:
    """Which forms there are."""
    digest = md5(_form(), usedforsecurity=False).hexdigest()
    name = f"{service.mission.name} ({service.mission.status})"
    return _xml(form_list([Form(FORM, VERSION, f"Field report: {name}", digest)], _address(request)))


@router.get("/xformsManifest/{form}")
async def form_manifest(form: str) -> Response:
    """Which files a form needs besides."""
    _known(form)
    return _xml(manifest())


@router.get("/forms/{form}")
async def one_form(form: str) -> Response:
    """A form."""
    _known(form)
    return _xml(_form())


@router.head("/submission")
async def before_submission() -> Response:
    """Where to submit, and how much at most."""
    return Response(status_code=204, headers=HEADERS)


@router.post("/submission")
async def submit(request: Request, service: Serving, seat: Seated) -> Response:
    """Keep a submission; on return it is durable. The same submission again is known."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_SUBMISSION:
        raise HTTPException(413, f"a submission has at most {MOST_SUBMISSION:,} bytes and says how many; send less")
    async with request.form(max_files=4, max_fields=20) as form:
        try:
            report, photo = await _read(form)
            id_, known = await keep_report(service, seat, report, photo)
        except (ValueError, msgspec.MsgspecError) as error:
            raise HTTPException(400, f"{error}") from None
    return _xml(response(f"{id_} was kept before." if known else f"{id_} is kept."), 201)


async def _read(form: Any) -> tuple[FieldReport, Photo | None]:
    """The report of a submission, and its photo. Raises ValueError."""
    sent = form.get("xml_submission_file")
    if not isinstance(sent, UploadFile):
        raise ValueError("there is no xml_submission_file; submit from a form of this service")
    instance = read_instance(await sent.read())
    _known(instance.form)
    report = msgspec.convert(field_report(instance), FieldReport, strict=False)
    named = instance.answers.get("photo")
    file = form.get(named) if named else None
    if named and not isinstance(file, UploadFile):
        raise ValueError("the photo did not come with it; submit again")
    photo = Photo(await file.read(), file.content_type or "") if isinstance(file, UploadFile) else None
    return report, photo


def _known(form: str) -> None:
    if form != FORM:
        raise HTTPException(404, "there is no such form; fetch the list of forms again")


def _address(request: Request) -> str:
    site = request.app.state.site
    local = f"{request.url.scheme}://{request.headers.get('host', '')}"
    own = site is not None and request.url.hostname == site.name
    return f"{site.origin if own else local}/openrosa"
