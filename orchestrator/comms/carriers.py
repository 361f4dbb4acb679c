"""Settings → the carrier of a channel. What is wrong with an address is said without it."""

import os

from orchestrator.comms.order import Carrier, NotTaken
from orchestrator.model.delivery import Channel
from orchestrator.settings import Settings
from orchestrator.settings_channels import ChannelTable, Delivering, StatusPageTable, resolved

STATUS_PAGE = "status-page"
"""Name of the channel that `[status_page]` makes."""


def known(settings: Settings) -> tuple[Channel, ...]:
    """The channels as the journal knows them: without addresses."""
    found = [Channel(one.name, one.audiences, one.auto) for one in settings.channels]
    page = settings.status_page
    if page.url.get_secret_value():
        found.append(Channel(STATUS_PAGE, ("status-page",), page.auto))
    return tuple(found)


def table(settings: Settings, name: str) -> Delivering | None:
    """The settings of a channel; None when there is none of that name."""
    if name == STATUS_PAGE and settings.status_page.url.get_secret_value():
        return settings.status_page
    return next((one for one in settings.channels if one.name == name), None)


def carrier(settings: Settings, name: str) -> Carrier:
    """The carrier of a channel. NotTaken, for good, where its settings lead nowhere."""
    found = table(settings, name)
    if isinstance(found, StatusPageTable):
        return _page(found)
    if isinstance(found, ChannelTable):
        return _channel(found)
    raise NotTaken("the settings name no such channel any more", final=True)


def _page(page: StatusPageTable) -> Carrier:
    from orchestrator.comms.webhook import Webhook

    url = _address(resolved(page.url), page.url.get_secret_value())
    token = os.environ.get(page.token_env, "") if page.token_env else ""
    if page.token_env and not token:
        raise NotTaken(f"the variable {page.token_env} is not set", final=True)
    return Webhook(url, page.timeout, page.idempotent, token)


def _channel(one: ChannelTable) -> Carrier:
    url = _address(resolved(one.url), one.url.get_secret_value())
    if url.startswith(("http://", "https://")):
        from orchestrator.comms.webhook import Webhook

        return Webhook(url, one.timeout, one.idempotent)
    import apprise  # heavy, and only needed to send

    from orchestrator.comms.chat import Chat, Ntfy
    from orchestrator.comms.mail import Mail

    parsed = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if parsed is None:
        raise NotTaken("apprise does not understand its address", final=True)
    if len(parsed) != 1:
        why = f"its address names {len(parsed)} recipients: make a channel for each, or a list"
        raise NotTaken(why, final=True)
    if type(parsed).__name__ == "NotifyEmail":
        return Mail(parsed, one.timeout)
    if type(parsed).__name__ == "NotifyNtfy":
        return Ntfy(parsed, one.timeout, url)
    return Chat(parsed, one.timeout)


def _address(url: str, given: str) -> str:
    if not url:
        raise NotTaken(f"the variable {given} is not set", final=True)
    if "://" not in url:
        raise NotTaken(f"the variable {given} holds no address", final=True)
    return url
