"""For whoever runs the service: whether it lives, is ready, and figures for Prometheus. No names, no places."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from truceline.edges.api.guard import Serving
from truceline.edges.live.service import Service
from truceline.findings.review.case import stage
from truceline.model.instant import US_PER_S

TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def lives() -> Response:
    """That it answers."""
    return PlainTextResponse("alive\n")


@router.get("/readyz")
async def ready(service: Serving) -> Response:
    """Whether it can do its work; what is wrong stands on the floor and in the log of the process, not here."""
    return PlainTextResponse("not ready\n", 503) if service.unready() else PlainTextResponse("ready\n")


@router.get("/metrics")
async def metrics(service: Serving) -> Response:
    """Figures in the text format of Prometheus, with the key of the feeds."""
    return Response(figures(service).encode(), media_type=TYPE)


def figures(service: Service) -> str:
    """What is counted: name, kind, meaning, value."""
    floor, now_us = service.floor, service.decisions.now_us()
    waiting = [one for one in service.decisions.cases.values() if stage(one, now_us) in ("waiting", "in_review")]
    oldest_us = min((one.opened_us for one in waiting), default=now_us)
    told = floor.judged
    rows = (
        ("truceline_log_entries", "counter", "inputs kept in the log", floor.size),
        ("truceline_behind_entries", "gauge", "inputs kept and not looked at yet", max(0, floor.size - floor.now.size)),
        ("truceline_watchers", "gauge", "open streams of changes", len(service.watchers)),
        ("truceline_judgement_seconds", "gauge", "how long the last judgement took", told.took_s if told else 0),
        ("truceline_faults", "gauge", "what is wrong now", len(service.unready())),
        ("truceline_reviews_waiting", "gauge", "findings that wait for reviewers", len(waiting)),
        ("truceline_review_oldest_seconds", "gauge", "age of the oldest of them", (now_us - oldest_us) // US_PER_S),
        ("truceline_untold", "gauge", "published products that somebody could not be told of", len(service.untold())),
        (
            "truceline_patrols_wanting",
            "gauge",
            "patrols that are overdue or call for help",
            sum(service.patrols.wanting()),
        ),
    )
    return "".join(
        f"# HELP {name} {words}\n# TYPE {name} {kind}\n{name} {value}\n" for name, kind, words, value in rows
    )
