"""A typed client of a Truceline service: sends what feeds observe, reads what is concluded, follows what changes.

    from truceline.client import Client

    client = Client("http://127.0.0.1:8321", status="exercise", feed_key=key)
    client.send("observations", lines)            # on disk when it returns

    client.sign_in(link)                          # the one-time link that the service printed
    client.events().frame()                       # pandas; .geo_frame() for GeoPandas
    for change in client.changes():               # as it happens, across interruptions
        ...

Needs only the standard library and msgspec; frames need pandas or geopandas.
"""

from truceline.client.client import Client
from truceline.client.failures import Refused, Unreachable
from truceline.client.features import Feature, Features
from truceline.client.signature import signed_by
from truceline.client.told import Acknowledged, Change, Floor, NotUsed, Now, Shown, Stands

__all__ = [
    "Acknowledged",
    "Change",
    "Client",
    "Feature",
    "Features",
    "Floor",
    "NotUsed",
    "Now",
    "Refused",
    "Shown",
    "Stands",
    "Unreachable",
    "signed_by",
]
