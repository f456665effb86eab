"""No secret is ever written down: not in an error, not in a log at its most talkative, not in an address."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest

from resonanz.connectorkit import faults
from resonanz.connectorkit.errors import ConnectorError
from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.faults import Fault
from resonanz.connectorkit.manifest import Capability
from resonanz.kernel.paging import START
from tests.contract.world import World

pytestmark = pytest.mark.fake_only


def echoing(status: int) -> Fault:
    """A server that sends back what it got, in the fields networks put their reasons in."""

    def echo(handle: Handle) -> Handle:
        def answer(request: httpx.Request) -> httpx.Response:
            said = f"{dict(request.headers)} {request.url} {request.content!r}"
            return httpx.Response(status, json={"error": said, "message": said, "error_description": said})

        return answer

    return echo


def _everything(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"{error} {error!r} {error.args} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "fault",
    [
        *map(echoing, (200, 400, 401, 403, 404, 409, 413, 422, 500)),
        faults.hang_up_after,
        faults.unreachable,
        None,
    ],
)
def test_no_secret_is_written_down(
    world: World, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses: list[str] = []

    def listening(handle: Handle) -> Handle:
        inner = fault(handle) if fault else handle

        def answer(request: httpx.Request) -> httpx.Response:
            addresses.append(str(request.url))
            return inner(request)

        return answer

    connector = world.connector(listening)
    written = []
    calls = [lambda: connector.profile(), lambda: connector.inbound(START)]
    if world.can(Capability.PUBLISH):
        calls.append(lambda: connector.publish(world.draft(), ()))
    for call in calls:
        try:
            call()
        except ConnectorError as error:
            written += list(_everything(error))
    written += [record.getMessage() for record in caplog.records] + [caplog.text, *addresses]
    secrets = [
        value for name, value in world.secrets.items() if value and name not in ("username", "handle", "did")
    ]
    assert secrets
    for secret in secrets:
        assert secret not in "\n".join(written)
