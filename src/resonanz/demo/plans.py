"""What the demo company has planned: posts for the days to come, drafts, and one that was due and is not out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.timezone import now

from resonanz.demo import texts
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import registry
from resonanz.foundation.work.engine import drain
from resonanz.foundation.workspaces.models import Member
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import scheduling, services
from resonanz.outbound.content.models import Content
from resonanz.outbound.content.scheduling import Order
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.publishing.models import Publication


def make(member: Member, channels: dict[str, Channel]) -> None:
    """Write and schedule everything as `member`; `channels` by network."""
    zone = member.workspace.timezone
    today = now().astimezone(member.workspace.zone).date()
    for title, text, days, clock, networks in texts.PLANNED:
        content = _written(member, title, text, [channels[name] for name in networks])
        if days is not None:
            day = _workday(today + timedelta(days=days))
            when = WallTime(datetime.combine(day, time.fromisoformat(clock)), zone)
            scheduling.schedule(member, content, _orders(content), when)
    _late(member, channels["bluesky"])


def _written(member: Member, title: str, text: str, channels: list[Channel]) -> Content:
    content = services.save(member, new_key(), 0, title=title, text=text, language="de")
    services.choose(member, content, channels)
    return content


def _orders(content: Content) -> list[Order]:
    return [Order(variant, new_key()) for variant in content.variants.filter(chosen=True)]


def _late(member: Member, channel: Channel) -> None:
    """Due yesterday evening; the worker that finds it now is too late and asks a person."""
    content = _written(member, *texts.LATE, [channel])
    when = WallTime.of(now() + timedelta(hours=1), member.workspace.timezone)
    (publication,) = scheduling.schedule(member, content, _orders(content), when)
    missed = now() - timedelta(hours=9)
    Publication.objects.filter(pk=publication.pk).update(planned_at=missed, due_at=missed)
    drain(tuple(kind for kind in registry.kinds() if kind.name == "publication"))


def _workday(day: date) -> date:
    """`day`, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
